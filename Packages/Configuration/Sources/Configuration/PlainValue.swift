/// A setting as plain data, for logs: what was used in the end, default or not.
public indirect enum PlainValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case list([PlainValue])
}

extension PlainValue: CustomStringConvertible {
    /// The value as YAML on one line, which reads back to the same value, so that `path=description` is an option.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): Self.text(value)
        case .string(let value): Self.text(value)
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        }
    }

    private static func text(_ number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? ".nan" : number > 0 ? ".inf" : "-.inf" }
        return number.description
    }

    /// Letters may stand bare, unless YAML takes them for something other than a string.
    private static func text(_ string: String) -> String {
        let isBare =
            string.unicodeScalars.first.map { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || $0 == "/" }
            ?? false
            && string.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                    || "_-./".unicodeScalars.contains($0)
            }
            && PlainValue(scalar: string) == .string(string)
        return isBare ? string : quoted(string)
    }

    private static func quoted(_ string: String) -> String {
        let escaped = string.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case "\u{0}"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}"..."\u{2029}", "\u{FEFF}":
                "\\U" + String(repeating: "0", count: 8 - String(scalar.value, radix: 16).count)
                    + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }
}
