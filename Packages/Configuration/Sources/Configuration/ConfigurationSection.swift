/// A section of a configuration while it is decoded. Each setting is asked for by its key; what nobody asked for when
/// the section is done was not meant to be there.
public final class ConfigurationSection {
    /// The section as a dotted path; empty for the outermost.
    public var path: String { node.path }
    private let node: ConfigurationNode
    private let members: [ConfigurationNode.Member]
    private var known: [String] = []

    init(_ node: ConfigurationNode) throws {
        self.node = node
        switch node.content {
        case .mapping(let members): self.members = members
        case .plain(.null, _): members = []
        default: throw node.mismatch("a section with keys")
        }
    }

    /// The keys that are present, in the order of the file.
    public var keys: [String] { members.map(\.key) }

    /// A setting that must be there; an empty section stands for one whose settings all have defaults.
    ///
    /// - Throws: `ConfigurationError` if it is missing, empty or of another type.
    public func required<Value: ConfigurationValue>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
        known.append(key)
        if let member = members.first(where: { $0.key == key }) { return try read(member, as: type) }
        let near = members.first { !known.contains($0.key) && editDistance($0.key, key) <= 2 }
        let hint = near.map { "; is \($0.key) on \($0.place) meant?" } ?? ""
        throw ConfigurationError(
            place: node.place, path: child(key), problem: "is missing, wanted \(Value.expectation)\(hint)")
    }

    /// A setting that may be absent or empty.
    ///
    /// - Throws: `ConfigurationError` if it is of another type.
    public func optional<Value: ConfigurationValue>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
        known.append(key)
        guard let member = members.first(where: { $0.key == key }), !member.value.isNull else { return nil }
        return try read(member, as: type)
    }

    /// A setting with a default for where it is absent or empty.
    ///
    /// - Throws: `ConfigurationError` if it is of another type.
    public func value<Value: ConfigurationValue>(_ key: String, default standard: Value) throws -> Value {
        if let value = try optional(key, as: Value.self) { return value }
        if let plain = standard.plain { node.record.settings.append((child(key), plain)) }
        return standard
    }

    /// A number with a default for where it is absent or empty, which must lie in a range.
    ///
    /// - Throws: `ConfigurationError` if it is of another type or out of range.
    public func value<Value: ConfigurationValue & Comparable>(
        _ key: String, default standard: Value, in range: ClosedRange<Value>
    ) throws -> Value {
        let value = try value(key, default: standard)
        guard range.contains(value) else {
            throw error(key, "is \(value), wanted \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A part of the configuration that has defaults for all its settings, present or not.
    ///
    /// - Throws: `ConfigurationError` from decoding it.
    public func part<Value: Configurable>(_ key: String, as type: Value.Type = Value.self) throws -> Value {
        if let value = try optional(key, as: type) { return value }
        return try Value(
            ConfigurationNode(
                content: .mapping([]), place: node.place, path: child(key), record: node.record))
    }

    /// The settings under a key whose names are the user's own, such as data sets, in the order of the file; none if
    /// the key is absent.
    ///
    /// - Throws: `ConfigurationError` if one of them is of another type.
    public func named<Value: ConfigurationValue>(
        _ key: String, as type: Value.Type = Value.self
    ) throws -> [(name: String, value: Value)] {
        known.append(key)
        guard let member = members.first(where: { $0.key == key }) else { return [] }
        let section = try ConfigurationSection(member.value)
        return try section.keys.map { ($0, try section.required($0, as: type)) }
    }

    /// An error about a setting whose value has the right type and is wrong all the same.
    public func error(_ key: String, _ problem: String) -> ConfigurationError {
        let place = members.first { $0.key == key }?.value.place ?? node.place
        return ConfigurationError(place: place, path: child(key), problem: problem)
    }

    /// Refuses keys that nobody asked for.
    func finish() throws {
        guard let stray = members.first(where: { !known.contains($0.key) }) else { return }
        let nearest = known.min { editDistance($0, stray.key) < editDistance($1, stray.key) }
        let hint = nearest.map { "the nearest valid key is \($0)" } ?? "the section takes no keys"
        throw ConfigurationError(place: stray.place, path: child(stray.key), problem: "unknown key; \(hint)")
    }

    private func read<Value: ConfigurationValue>(
        _ member: ConfigurationNode.Member, as type: Value.Type
    ) throws -> Value {
        let value = try Value(member.value)
        if let plain = value.plain { node.record.settings.append((member.value.path, plain)) }
        return value
    }

    private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
