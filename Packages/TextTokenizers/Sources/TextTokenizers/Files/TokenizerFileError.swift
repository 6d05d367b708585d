import Foundation

/// What is wrong with a tokenizer's file, where, and what would be right.
public struct TokenizerFileError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// What kind of thing is wrong.
    public enum Kind: String, Sendable {
        /// A file or all files of a choice are not there.
        case missing
        /// The system refused to read or write.
        case inaccessible
        /// The file is of another kind: a web page, a Git-LFS pointer, an archive, nothing.
        case foreign
        /// A line or value cannot be read.
        case malformed
        /// A token, id or merge comes twice.
        case duplicate
        /// An id between others has no token.
        case gap
        /// A token that others refer to is not in the vocabulary.
        case unknownToken
        /// The file asks for something that this package does not do.
        case unsupported
    }

    /// What kind of thing is wrong.
    public let kind: Kind
    /// The path of the file or folder.
    public let file: String
    /// The line, from 1, in a file of lines.
    public let line: Int?
    /// What was found.
    public let found: String
    /// What would be right.
    public let expected: String

    init(_ kind: Kind, _ file: URL, line: Int? = nil, found: String, expected: String) {
        self.kind = kind
        self.file = file.path
        self.line = line
        self.found = found
        self.expected = expected
    }

    /// One sentence with all of it.
    public var description: String {
        "\(file)\(line.map { ":\($0)" } ?? ""): found \(found); expected \(expected)"
    }

    /// The same sentence.
    public var errorDescription: String? { description }

    /// Text from a file as it may stand in a message: short, and with nothing that a terminal would obey.
    static func quoted(_ bytes: some Collection<UInt8>) -> String {
        let head = String(decoding: bytes.prefix(60), as: UTF8.self)
        let shown = head.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : String($0) }
        return "\"\(shown.joined())\(bytes.count > 60 ? "..." : "")\""
    }
}
