import Foundation

/// Writes `JSONTree`s: stable key order, numbers that read back to the same bits.
public struct JSONWriter: Sendable {
    /// The order of an object's members.
    public enum KeyOrder: Sendable {
        /// As they were given.
        case given
        /// By the bytes of their UTF-8, as Python's `sort_keys` does for ASCII keys.
        case sorted
    }

    /// Spaces per level, each member on its own line; nil writes one line.
    public var indentation: Int?
    /// The order of an object's members.
    public var keyOrder: KeyOrder
    /// Whether everything outside ASCII is written as \u escapes, as Python's `json` does unless told otherwise.
    public var escapesNonASCII: Bool
    /// Whether a space follows each comma and colon on one line, as in Python.
    public var isSpaced: Bool

    /// A writer of compact lines in UTF-8 unless told otherwise.
    public init(
        indentation: Int? = nil, keyOrder: KeyOrder = .given, escapesNonASCII: Bool = false, isSpaced: Bool = false
    ) {
        self.indentation = indentation
        self.keyOrder = keyOrder
        self.escapesNonASCII = escapesNonASCII
        self.isSpaced = isSpaced
    }

    /// The text of a value, without a newline at its end.
    public func text(_ tree: JSONTree) -> String { String(decoding: bytes(tree), as: UTF8.self) }

    /// The text of a value in UTF-8, without a newline at its end.
    public func bytes(_ tree: JSONTree) -> [UInt8] {
        var output: [UInt8] = []
        append(tree, level: 0, to: &output)
        return output
    }

    /// Writes a value and a newline to a file, which appears whole or not at all.
    ///
    /// - Throws: `FileError` if the file cannot be written.
    public func write(_ tree: JSONTree, to url: URL) throws {
        try FileReplacement.write(bytes(tree) + [UInt8(ascii: "\n")], to: url)
    }

    private func append(_ tree: JSONTree, level: Int, to output: inout [UInt8]) {
        switch tree {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .number(let value): append(value, to: &output)
        case .string(let value): append(value, to: &output)
        case .array(let elements):
            append(elements, brackets: ("[", "]"), level: level, to: &output) { element, output in
                append(element, level: level + 1, to: &output)
            }
        case .object(let members):
            append(ordered(members), brackets: ("{", "}"), level: level, to: &output) { member, output in
                append(member.key, to: &output)
                output += (isSpaced || indentation != nil ? ": " : ":").utf8
                append(member.value, level: level + 1, to: &output)
            }
        }
    }

    private func ordered(_ members: [(key: String, value: JSONTree)]) -> [(key: String, value: JSONTree)] {
        guard keyOrder == .sorted else { return members }
        return members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private func append<Item>(
        _ items: [Item], brackets: (String, String), level: Int, to output: inout [UInt8],
        each: (Item, inout [UInt8]) -> Void
    ) {
        output += brackets.0.utf8
        for (number, item) in items.enumerated() {
            if number > 0 { output += (isSpaced && indentation == nil ? ", " : ",").utf8 }
            breakLine(level + 1, in: &output)
            each(item, &output)
        }
        if !items.isEmpty { breakLine(level, in: &output) }
        output += brackets.1.utf8
    }

    private func breakLine(_ level: Int, in output: inout [UInt8]) {
        guard let indentation else { return }
        output.append(UInt8(ascii: "\n"))
        output += repeatElement(UInt8(ascii: " "), count: level * indentation)
    }

    private func append(_ number: Double, to output: inout [UInt8]) {
        guard !number.isFinite else { return output += number.description.utf8 }
        append(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity", to: &output)
    }

    private func append(_ string: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars { append(scalar, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    private func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar {
        case "\"": output += "\\\"".utf8
        case "\\": output += "\\\\".utf8
        case "\n": output += "\\n".utf8
        case "\r": output += "\\r".utf8
        case "\t": output += "\\t".utf8
        case "\u{8}": output += "\\b".utf8
        case "\u{C}": output += "\\f".utf8
        case "\u{0}"..<" ": appendEscape(UInt16(scalar.value), to: &output)
        case " "..."\u{7E}": output.append(UInt8(scalar.value))
        default:
            guard escapesNonASCII else { return output += UTF8.encode(scalar).map { Array($0) } ?? [] }
            for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] { appendEscape(unit, to: &output) }
        }
    }

    private func appendEscape(_ unit: UInt16, to output: inout [UInt8]) {
        let digits = String(unit, radix: 16)
        output += "\\u".utf8
        output += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
        output += digits.utf8
    }
}
