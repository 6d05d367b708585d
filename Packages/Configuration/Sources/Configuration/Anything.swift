/// A value of any type, for settings that a program knows and has no use for.
public struct Anything: ConfigurationValue {
    /// "anything".
    public static let expectation = "anything"
    /// Nil: it is logged nowhere.
    public let plain: PlainValue? = nil

    /// Takes whatever stands there.
    public init(_ node: ConfigurationNode) {}
}

extension ConfigurationSection {
    /// Takes the keys that nobody asked for.
    ///
    /// - Throws: nothing that any value could cause.
    public func acceptEverything() throws {
        for key in keys { _ = try optional(key, as: Anything.self) }
    }
}
