/// A two-column table between the tensor names of two dialects, read in either direction.
///
/// In patterns `*` stands for one or more characters without a dot and `**` for one or more of any kind; what they
/// match is carried over, in order. The first rule that fits a name holds; a name that no rule fits stays as it is.
public struct KeyMap: Sendable {
    /// A line of the table, from the left dialect to the right one.
    public enum Rule: Sendable, Hashable {
        /// One tensor under another name.
        case rename(String, String)
        /// A tensor of the left dialect that the right one does not have; it cannot be brought back.
        case drop(String)
        /// One tensor of the left dialect is several equally long parts of it along an axis in the right one. A part
        /// without a name is zeros that the right dialect does not store.
        case split(String, [String?], axis: Int)
        /// Several tensors of the left dialect, as for `split`, are one in the right one.
        case join([String?], String, axis: Int)
    }

    /// The lines of the table.
    public let rules: [Rule]

    /// A table of these lines. Both sides of a line must have the same holes.
    public init(_ rules: [Rule]) {
        self.rules = rules
        for rule in rules {
            let patterns = rule.names.map(KeyPattern.init)
            precondition(
                Set(patterns.map(\.holes)).count <= 1, "the patterns of \(rule) do not have the same holes")
        }
    }

    /// The table read from right to left. What was dropped is not in it.
    public var inverted: KeyMap {
        KeyMap(
            rules.compactMap { rule in
                switch rule {
                case .rename(let left, let right): .rename(right, left)
                case .drop: nil
                case .split(let whole, let parts, let axis): .join(parts, whole, axis: axis)
                case .join(let parts, let whole, let axis): .split(whole, parts, axis: axis)
                }
            })
    }

    /// Where a tensor of the right dialect comes from, in names of the left one.
    enum Origin: Hashable {
        case whole(String)
        case part(of: String, index: Int, count: Int, axis: Int, zeroParts: [Int])
        case joined([String?], axis: Int)
    }

    /// The tensors of the right dialect that one of the left dialect gives, or has a part in.
    func targets(of name: String) -> [(name: String, origin: Origin)] {
        for rule in rules {
            if let targets = rule.targets(of: name) { return targets }
        }
        return [(name, .whole(name))]
    }
}

extension KeyMap.Rule {
    var names: [String] {
        switch self {
        case .rename(let left, let right): [left, right]
        case .drop(let left): [left]
        case .split(let whole, let parts, _), .join(let parts, let whole, _): [whole] + parts.compactMap { $0 }
        }
    }

    /// What the rule makes of a name of the left dialect; nil if the rule does not fit it.
    func targets(of name: String) -> [(name: String, origin: KeyMap.Origin)]? {
        switch self {
        case .rename(let left, let right):
            guard let values = KeyPattern(left).match(name) else { return nil }
            return [(KeyPattern(right).filled(with: values), .whole(name))]
        case .drop(let left):
            return KeyPattern(left).match(name) == nil ? nil : []
        case .split(let whole, let parts, let axis):
            guard let values = KeyPattern(whole).match(name) else { return nil }
            let zeroParts = parts.indices.filter { parts[$0] == nil }
            return parts.enumerated().compactMap { index, part in
                part.map {
                    (
                        KeyPattern($0).filled(with: values),
                        .part(of: name, index: index, count: parts.count, axis: axis, zeroParts: zeroParts)
                    )
                }
            }
        case .join(let parts, let whole, let axis):
            let matches = parts.lazy.compactMap { $0 }.compactMap { KeyPattern($0).match(name) }
            guard let values = matches.first else { return nil }
            let names = parts.map { $0.map { KeyPattern($0).filled(with: values) } }
            return [(KeyPattern(whole).filled(with: values), .joined(names, axis: axis))]
        }
    }
}
