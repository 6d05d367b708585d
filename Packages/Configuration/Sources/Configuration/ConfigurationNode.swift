import Yams

/// A value of a configuration that has not been given a type yet, with the place it comes from.
public struct ConfigurationNode: Sendable {
    /// What the value is.
    enum Content: Sendable {
        case plain(PlainValue, text: String)
        case sequence([ConfigurationNode])
        case mapping([Member])
    }

    struct Member: Sendable {
        var key: String
        var place: String
        var value: ConfigurationNode
    }

    var content: Content
    /// File and line, or the option on the command line.
    public let place: String
    /// The setting as a dotted path, `run.init_lr`.
    public internal(set) var path: String
    let record: ConfigurationRecord

    /// True for a value that is left empty or `null`.
    public var isNull: Bool {
        if case .plain(.null, _) = content { true } else { false }
    }

    /// An error at this value.
    public func error(_ problem: String) -> ConfigurationError {
        ConfigurationError(place: place, path: path, problem: problem)
    }

    /// An error that says what the value is and what was wanted.
    public func mismatch(_ wanted: String) -> ConfigurationError { error("found \(summary), wanted \(wanted)") }

    private var summary: String {
        switch content {
        case .plain(.string(let text), _): "the string \"\(text.prefix(60))\""
        case .plain(.null, _): "nothing"
        case .plain(_, let text): text
        case .sequence: "a list"
        case .mapping: "a section"
        }
    }
}

/// Turns what Yams has composed into nodes of our own, which remember where they stand.
struct NodeReader {
    let origin: (_ line: Int) -> String
    let record: ConfigurationRecord
    /// Aliases can make a small text stand for a huge tree.
    private var remaining = 100_000

    init(origin: @escaping (_ line: Int) -> String, record: ConfigurationRecord) {
        self.origin = origin
        self.record = record
    }

    mutating func read(_ node: Yams.Node, path: String) throws -> ConfigurationNode {
        let place = origin(node.mark?.line ?? 1)
        remaining -= 1
        guard remaining > 0 else {
            throw ConfigurationError(place: place, problem: "the text stands for too many values")
        }
        return ConfigurationNode(
            content: try content(of: node, path: path, place: place), place: place, path: path, record: record)
    }

    private mutating func content(
        of node: Yams.Node, path: String, place: String
    ) throws -> ConfigurationNode.Content {
        switch node {
        case .scalar(let scalar):
            let isBare = scalar.style == .plain || scalar.style == .any
            return .plain(isBare ? PlainValue(scalar: scalar.string) : .string(scalar.string), text: scalar.string)
        case .sequence(let sequence):
            var elements: [ConfigurationNode] = []
            for (index, element) in sequence.enumerated() {
                elements.append(try read(element, path: "\(path)[\(index)]"))
            }
            return .sequence(elements)
        case .mapping(let mapping):
            var members: [ConfigurationNode.Member] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw ConfigurationError(place: place, path: path, problem: "a key must be a plain word")
                }
                let value = try read(value, path: path.isEmpty ? name : "\(path).\(name)")
                members.append(.init(key: name, place: origin(key.mark?.line ?? 1), value: value))
            }
            return .mapping(members)
        case .alias:
            throw ConfigurationError(place: place, path: path, problem: "an alias names no anchor")
        }
    }
}

extension PlainValue {
    /// The value of a bare word, by YAML's rules for the core types.
    init(scalar text: String) {
        let node = Yams.Node(text)
        switch Resolver.default.resolveTag(of: node) {
        case .null: self = .null
        case .bool: self = Bool.construct(from: .init(text)).map(PlainValue.bool) ?? .string(text)
        case .int: self = Int.construct(from: .init(text)).map(PlainValue.integer) ?? .string(text)
        case .float: self = Double.construct(from: .init(text)).map(PlainValue.number) ?? .string(text)
        default: self = .string(text)
        }
    }
}
