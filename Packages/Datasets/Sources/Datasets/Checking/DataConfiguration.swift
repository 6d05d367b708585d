import Configuration

/// What a training configuration says of its data; its other sections are passed over.
public struct DataConfiguration: Configurable, Sendable {
    /// The section `datasets.pairs`.
    public var pairs: CaptionSection
    /// What the run's draws descend from.
    public var seed: Int

    /// Reads the sections `datasets` and `run`. Throws a `ConfigurationError` that names what is missing or wrong.
    public init(from section: ConfigurationSection) throws {
        pairs = try section.required("datasets", as: Sets.self).pairs
        seed = try section.part("run", as: Run.self).seed
        try section.acceptEverything()
    }

    private struct Sets: Configurable {
        let pairs: CaptionSection

        init(from section: ConfigurationSection) throws { pairs = try section.required("pairs") }
    }

    private struct Run: Configurable {
        let seed: Int

        init(from section: ConfigurationSection) throws {
            seed = try section.value("seed", default: 42)
            if seed < 0 { throw section.error("seed", "is \(seed), wanted at least 0") }
            try section.acceptEverything()
        }
    }
}
