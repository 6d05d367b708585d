/// A type that a setting can have.
public protocol ConfigurationValue {
    /// What is wanted, for messages: "an integer".
    static var expectation: String { get }

    /// Reads the value; throws a `ConfigurationError` if the node is something else.
    init(_ node: ConfigurationNode) throws

    /// The value as plain data for logs; nil for a section, whose settings are logged one by one.
    var plain: PlainValue? { get }
}

/// A section of a configuration as a type of its own: it asks for its settings by key.
public protocol Configurable: ConfigurationValue {
    /// Reads the settings. Keys that are not asked for here are refused afterwards.
    init(from section: ConfigurationSection) throws
}

extension Configurable {
    /// "a section".
    public static var expectation: String { "a section" }

    /// Reads a section and refuses keys it does not know.
    public init(_ node: ConfigurationNode) throws {
        let section = try ConfigurationSection(node)
        try self.init(from: section)
        try section.finish()
    }

    /// Nil: the settings of a section are logged one by one.
    public var plain: PlainValue? { nil }
}

extension Int: ConfigurationValue {
    /// "an integer".
    public static var expectation: String { "an integer" }

    /// An integer; a number with a fraction or an exponent is refused.
    public init(_ node: ConfigurationNode) throws {
        guard case .plain(.integer(let value), _) = node.content else { throw node.mismatch(Self.expectation) }
        self = value
    }

    /// The integer.
    public var plain: PlainValue? { .integer(self) }
}

extension Double: ConfigurationValue {
    /// "a number".
    public static var expectation: String { "a number" }

    /// A finite number, integer or not.
    public init(_ node: ConfigurationNode) throws {
        switch node.content {
        case .plain(.integer(let value), _): self = Double(value)
        case .plain(.number(let value), _) where value.isFinite: self = value
        default: throw node.mismatch(Self.expectation)
        }
    }

    /// The number.
    public var plain: PlainValue? { .number(self) }
}

extension Float: ConfigurationValue {
    /// "a number".
    public static var expectation: String { "a number" }

    /// A finite number, integer or not, rounded to float32.
    public init(_ node: ConfigurationNode) throws {
        self = Float(try Double(node))
        guard isFinite else { throw node.mismatch("a number that float32 can hold") }
    }

    /// The number, with as many digits as float32 needs.
    public var plain: PlainValue? { .number(Double(description) ?? Double(self)) }
}

extension Bool: ConfigurationValue {
    /// "true or false".
    public static var expectation: String { "true or false" }

    /// True or false.
    public init(_ node: ConfigurationNode) throws {
        guard case .plain(.bool(let value), _) = node.content else { throw node.mismatch(Self.expectation) }
        self = value
    }

    /// True or false.
    public var plain: PlainValue? { .bool(self) }
}

extension String: ConfigurationValue {
    /// "a string".
    public static var expectation: String { "a string" }

    /// A string; what YAML takes for a number or a truth value must stand in quotes.
    public init(_ node: ConfigurationNode) throws {
        guard case .plain(.string(let value), _) = node.content else { throw node.mismatch(Self.expectation) }
        self = value
    }

    /// The string.
    public var plain: PlainValue? { .string(self) }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
    /// "a list", of what.
    public static var expectation: String { "a list, each \(Element.expectation)" }

    /// A list.
    public init(_ node: ConfigurationNode) throws {
        guard case .sequence(let elements) = node.content else { throw node.mismatch(Self.expectation) }
        self = try elements.map { try Element($0) }
    }

    /// The list; nil if it holds sections.
    public var plain: PlainValue? {
        let values = compactMap(\.plain)
        return values.count == count ? .list(values) : nil
    }
}

extension ConfigurationValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// "one of" the cases.
    public static var expectation: String { "one of \(allCases.map(\.rawValue).joined(separator: ", "))" }

    /// The case with that raw value.
    public init(_ node: ConfigurationNode) throws {
        guard case .plain(_, let text) = node.content, let value = Self(rawValue: text) else {
            throw node.mismatch(Self.expectation)
        }
        self = value
    }

    /// The raw value.
    public var plain: PlainValue? { .string(rawValue) }
}
