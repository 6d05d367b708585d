import Configuration

/// Reads only `model.arch`, which decides which other keys are valid.
struct ArchitecturePeek: Configurable {
    let architecture: Architecture

    init(from section: ConfigurationSection) throws {
        architecture = try section.required("model", as: Model.self).architecture
        try section.acceptEverything()
    }

    private struct Model: Configurable {
        let architecture: Architecture

        init(from section: ConfigurationSection) throws {
            architecture = try section.required("arch")
            try section.acceptEverything()
        }
    }
}

extension ConfigurationSection {
    fileprivate func acceptEverything() throws {
        for key in keys { _ = try optional(key, as: Anything.self) }
    }
}

/// A value of any type.
private struct Anything: ConfigurationValue {
    static let expectation = "anything"
    let plain: PlainValue? = nil

    init(_ node: ConfigurationNode) {}
}
