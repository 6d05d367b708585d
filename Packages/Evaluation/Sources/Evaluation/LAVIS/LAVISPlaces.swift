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
}
