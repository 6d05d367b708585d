import Foundation
import Yams

/// A YAML configuration with the options of the command line merged over it, to be decoded into a typed value.
public struct ConfigurationDocument {
    /// The outermost section.
    public let root: ConfigurationNode
    private let record: ConfigurationRecord

    private static let byteLimit = 1 << 20

    /// Reads a file and merges options of the form `a.b=value` over it, later ones over earlier ones.
    ///
    /// - Throws: `ConfigurationError` if the file cannot be read or is not YAML, or an option is malformed.
    public init(contentsOf url: URL, options: [String] = []) throws {
        let text: String
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            guard (attributes[.size] as? Int ?? 0) <= Self.byteLimit else {
                throw ConfigurationError(place: url.path, problem: "is larger than a configuration can be")
            }
            text = try String(contentsOf: url, encoding: .utf8)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            let exists = FileManager.default.fileExists(atPath: url.path)
            throw ConfigurationError(
                place: url.path, problem: exists ? "cannot be read as UTF-8 text" : "there is no such file")
        }
        try self.init(text: text, name: url.path, options: options)
    }

    /// Parses a text; `name` stands for the file in errors.
    ///
    /// - Throws: `ConfigurationError` if the text is not YAML, or an option is malformed.
    public init(text: String, name: String, options: [String] = []) throws {
        record = ConfigurationRecord()
        var root = try Self.parse(text, path: "", record: record) { "\(name):\($0)" }
        if root.isNull { root.content = .mapping([]) }
        guard case .mapping = root.content else { throw root.mismatch("sections with keys") }
        for option in options {
            let override = try Override(option, record: record)
            root = try root.overridden(by: override, at: override.keys[...])
        }
        self.root = root
    }

    /// The configuration as a typed value. Every key must be one that the type asks for.
    ///
    /// - Throws: `ConfigurationError` for an unknown key, a missing one, or a value of the wrong type.
    public func decode<Value: Configurable>(_ type: Value.Type = Value.self) throws -> Value {
        record.settings = []
        return try Value(root)
    }

    /// Every setting of the last decoded value as a dotted path, defaults included.
    public var settings: [(path: String, value: PlainValue)] { record.settings }

    static func parse(
        _ text: String, path: String, record: ConfigurationRecord, origin: @escaping (_ line: Int) -> String
    ) throws -> ConfigurationNode {
        do {
            var reader = NodeReader(origin: origin, record: record)
            let node = try Yams.compose(yaml: text) ?? Yams.Node("")
            return try reader.read(node, path: path)
        } catch let error as YamlError {
            throw ConfigurationError(place: origin(error.line ?? 1), problem: "malformed YAML: \(error.reason)")
        }
    }
}

/// What a decoded configuration came to; sections write into it as they are read.
final class ConfigurationRecord: @unchecked Sendable {
    var settings: [(path: String, value: PlainValue)] = []
}

/// An option `a.b=value` of the command line.
struct Override {
    let keys: [String]
    let value: ConfigurationNode

    init(_ option: String, record: ConfigurationRecord) throws {
        let place = "option \(option)"
        guard let sign = option.firstIndex(of: "=") else {
            throw ConfigurationError(place: place, problem: "wanted key=value, as in run.seed=7")
        }
        let path = String(option[..<sign])
        keys = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard keys.allSatisfy({ !$0.isEmpty }) else {
            throw ConfigurationError(place: place, problem: "wanted key=value, as in run.seed=7")
        }
        let text = String(option[option.index(after: sign)...])
        value = try ConfigurationDocument.parse(text, path: path, record: record) { _ in place }
    }
}

extension ConfigurationNode {
    /// The section with one setting replaced, and sections made on the way where there are none.
    func overridden(by override: Override, at keys: ArraySlice<String>) throws -> ConfigurationNode {
        guard let key = keys.first else { return override.value }
        var members: [Member] = []
        switch content {
        case .mapping(let present): members = present
        case .plain(.null, _): break
        default:
            throw ConfigurationError(
                place: override.value.place, path: path, problem: "is not a section, so it has no \(key)")
        }
        let place = members.firstIndex { $0.key == key }
        let empty = ConfigurationNode(
            content: .plain(.null, text: ""), place: override.value.place,
            path: path.isEmpty ? key : "\(path).\(key)", record: record)
        let value = try (place.map { members[$0].value } ?? empty).overridden(by: override, at: keys.dropFirst())
        if let place {
            members[place].value = value
        } else {
            members.append(Member(key: key, place: override.value.place, value: value))
        }
        var result = self
        result.content = .mapping(members)
        return result
    }
}

extension YamlError {
    /// The line of a mistake, from 1.
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    fileprivate var reason: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .reader(let problem, _, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _):
            "the key \(duplicates.joined(separator: ", ")) stands twice in its section"
        default: "\(self)"
        }
    }
}
