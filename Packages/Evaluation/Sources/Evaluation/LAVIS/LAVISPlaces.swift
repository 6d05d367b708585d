import Configuration

/// The section `env` of a file of LAVIS's: where its data and checkpoints lie. LAVIS keeps that in a file of its own.
public struct LAVISPlaces: Configurable {
    /// The folder of the data sets, `cache_root`; `data` unless given.
    public let data: String
    /// The folder of the public checkpoints; `checkpoints` unless given.
    public let checkpoints: String

    /// Reads `cache_root` and `checkpoints`.
    public init(from section: ConfigurationSection) throws {
        data = try section.value("cache_root", default: "data")
        checkpoints = try section.value("checkpoints", default: "checkpoints")
    }

    /// Where a file of a data set lies: below `data`, unless its path begins at the root.
    public func data(_ path: String) -> String { path.hasPrefix("/") ? path : "\(data)/\(path)" }

    /// Where a public checkpoint lies.
    public func checkpoint(_ name: String) -> String { "\(checkpoints)/\(name)" }

    /// The folder of the public language model that models of a type stand in front of.
    ///
    /// - Parameters:
    ///   - type: `model_type`, such as `pretrain_opt6.7b`
    ///   - isT5: whether it is a T5, for types that do not say which
    public func language(ofType type: String, isT5: Bool) -> String {
        let names = [("opt6.7b", "opt-6.7b"), ("flant5xxl", "flan-t5-xxl"), ("flant5xl", "flan-t5-xl")]
        return checkpoint(names.first { type.hasSuffix($0.0) }?.1 ?? (isT5 ? "flan-t5-xl" : "opt-2.7b"))
    }
}
