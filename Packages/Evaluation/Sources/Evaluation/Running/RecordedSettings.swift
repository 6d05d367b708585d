import Configuration
import JSON

extension [(path: String, value: PlainValue)] {
    /// The settings as a file that a run can be begun with; of two under one path the last.
    var yaml: String { lines(indentation: 0).map { $0 + "\n" }.joined() }

    /// Path and value in one object.
    var tree: JSONTree {
        var known: [String: Int] = [:]
        var members: [(key: String, value: JSONTree)] = []
        for (path, value) in self {
            if let place = known[path] {
                members[place].value = value.tree
            } else {
                known[path] = members.count
                members.append((path, value.tree))
            }
        }
        return .object(members)
    }

    private func lines(indentation: Int) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        var keys: [String] = []
        var groups: [String: [(path: String, value: PlainValue)]] = [:]
        for (path, value) in self {
            let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
            if groups[parts[0]] == nil { keys.append(parts[0]) }
            groups[parts[0], default: []].append((parts.count > 1 ? parts[1] : "", value))
        }
        return keys.flatMap { key -> [String] in
            let group = groups[key] ?? []
            if let last = group.last, last.path.isEmpty { return ["\(margin)\(key): \(last.value)"] }
            return ["\(margin)\(key):"] + group.lines(indentation: indentation + 2)
        }
    }
}

extension PlainValue {
    /// The value as JSON.
    fileprivate var tree: JSONTree {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        case .list(let values): .array(values.map(\.tree))
        }
    }
}
