import JSON

/// The name of an image (or of a question) in annotation files: a number or a text.
///
/// A text that spells a whole number is that number, because some programs write ids as `12` and others as `"12"`.
public enum ImageID: Hashable, Sendable {
    case number(Int)
    case text(String)

    /// The id that `text` spells.
    public init(_ text: String) {
        if let number = Int(text), String(number) == text { self = .number(number) } else { self = .text(text) }
    }

    /// The id in a JSON value, an integer or a string; throws for anything else.
    public init(_ value: JSONValue) throws {
        switch value.kind {
        case .string: self.init(try value.string)
        case .integer: self = .number(try value.int)
        default: throw value.error("wanted an image id, which is an integer or a string")
        }
    }

    /// The id as JSON.
    public var tree: JSONTree {
        switch self {
        case .number(let number): .integer(number)
        case .text(let text): .string(text)
        }
    }
}

extension ImageID: CustomStringConvertible, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// The id as text, without quotes.
    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): text
        }
    }

    /// A numbered id.
    public init(integerLiteral value: Int) { self = .number(value) }
    /// A named id.
    public init(stringLiteral value: String) { self.init(value) }
}
