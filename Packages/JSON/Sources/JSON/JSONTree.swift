/// A JSON value to be written. Objects keep the order in which their members were given.
public indirect enum JSONTree: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Written with the fewest digits that read back to the same bits. What JSON has no number for is written as the
    /// string "NaN", "Infinity" or "-Infinity".
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([(key: String, value: JSONTree)])
}

extension JSONTree: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An array.
    public init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
    /// An object whose members stand in the order of the literal.
    public init(dictionaryLiteral elements: (String, JSONTree)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension JSONValue {
    /// The value as a tree of its own, which can be changed and written.
    public var tree: JSONTree {
        get throws {
            switch kind {
            case .object: .object(try object.map { (key: $0.key, value: try $0.value.tree) })
            case .array: .array(try array.map { try $0.tree })
            case .string: .string(try string)
            case .integer: try (try? int).map(JSONTree.integer) ?? .number(double)
            case .number: .number(try double)
            case .boolean: .bool(try bool)
            case .null: .null
            }
        }
    }
}
