import Foundation

/// A piece of a page. Text is escaped where it is put in, so a piece is always well-formed.
public struct HTML: Sendable, Hashable {
    let source: String

    private init(source: String) { self.source = source }

    /// Text, escaped.
    public static func text(_ text: String) -> HTML { HTML(source: escaped(text)) }

    /// An element with attributes and contents.
    public static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ contents: [HTML] = []
    ) -> HTML {
        let attributes = attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
        return HTML(source: "<\(name)\(attributes)>\(contents.map(\.source).joined())</\(name)>")
    }

    /// A heading of a level from 1 to 6.
    public static func heading(_ level: Int, _ text: String) -> HTML { element("h\(level)", [:], [.text(text)]) }

    /// A paragraph of text.
    public static func paragraph(_ text: String) -> HTML { element("p", [:], [.text(text)]) }

    /// Text set as code.
    public static func code(_ text: String) -> HTML { element("pre", [:], [element("code", [:], [.text(text)])]) }

    /// A table; the first cell of a row is its heading.
    public static func table(header: [String], rows: [[String]]) -> HTML {
        let head = element("tr", [:], header.map { element("th", [:], [.text($0)]) })
        let body = rows.map { row in
            element("tr", [:], row.enumerated().map { element($0 == 0 ? "th" : "td", [:], [.text($1)]) })
        }
        return element("table", [:], [element("thead", [:], [head]), element("tbody", [:], body)])
    }

    /// A picture that lies in the page itself; `type` is its media type, such as `image/png`.
    public static func image(_ bytes: [UInt8], type: String, description: String, width: Int) -> HTML {
        HTML(
            source: "<img alt=\"\(escaped(description))\" width=\"\(width)\" "
                + "src=\"data:\(escaped(type));base64,\(Data(bytes).base64EncodedString())\">")
    }

    /// A number with so many digits after the point.
    static func fixed(_ number: Double, digits: Int) -> String { String(format: "%.\(digits)f", number) }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
