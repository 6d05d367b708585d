/// The kinds of JSON value; numbers are integers if they are written without fraction and exponent.
public enum JSONKind: String, Hashable, Sendable {
    case object, array, string, integer, number, boolean, null
}

/// A value inside a `JSONDocument`, read on demand by the type the caller wants:
/// `try document.root["images"].array.map { try $0["id"].int }`.
///
/// Every accessor throws a `JSONError` that names the file, the path of the value, what was found and what was wanted.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var word: UInt64 { document.words[index] }
    var payload: Int { Int(word & 0x00FF_FFFF_FFFF_FFFF) }
    var tag: UInt8 { UInt8(word >> 56) }

    /// What the value is.
    public var kind: JSONKind {
        switch tag {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "l"), UInt8(ascii: "u"): .integer
        case UInt8(ascii: "d"): .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        default: .null
        }
    }

    /// True for `null`.
    public var isNull: Bool { kind == .null }

    /// The string.
    public var string: String {
        get throws { try withUTF8 { String(decoding: $0, as: UTF8.self) } }
    }

    /// The string's bytes in UTF-8, exactly as written; Swift's `String` compares canonically equal texts as equal.
    public var utf8: [UInt8] {
        get throws { try withUTF8 { Array($0) } }
    }

    /// Calls `body` with the string's bytes in UTF-8, without a copy.
    public func withUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
        guard kind == .string else { throw mismatch("a string") }
        return try body(text)
    }

    /// The integer; a number with a fraction or an exponent is refused, even `1.0`.
    public var int: Int {
        get throws {
            guard tag == UInt8(ascii: "l") else { throw mismatch("an integer of at most 64 bits") }
            return Int(Int64(bitPattern: document.words[index + 1]))
        }
    }

    /// The number, integer or not.
    public var double: Double {
        get throws {
            let bits = { document.words[index + 1] }
            switch tag {
            case UInt8(ascii: "l"): return Double(Int64(bitPattern: bits()))
            case UInt8(ascii: "u"): return Double(bits())
            case UInt8(ascii: "d"): return Double(bitPattern: bits())
            default: throw mismatch("a number")
            }
        }
    }

    /// True or false.
    public var bool: Bool {
        get throws {
            guard kind == .boolean else { throw mismatch("true or false") }
            return tag == UInt8(ascii: "t")
        }
    }

    /// The elements of the array.
    public var array: JSONArray {
        get throws {
            guard kind == .array else { throw mismatch("an array") }
            return JSONArray(document: document, array: index)
        }
    }

    /// The members of the object, in the order of the file.
    public var object: JSONObject {
        get throws {
            guard kind == .object else { throw mismatch("an object") }
            return JSONObject(document: document, object: index)
        }
    }

    /// The member of that key, whatever its value; throws if there is none. Looks through the members one by one.
    public subscript(key: String) -> JSONValue {
        get throws {
            if let member = try member(key) { return member }
            let others = try object.prefix(12).map { "\"\($0.key)\"" }.joined(separator: ", ")
            let present = others.isEmpty ? "the object is empty" : "there are \(others)"
            throw error("has no key \"\(key)\"; \(present)")
        }
    }

    /// The member of that key; nil if there is none or it is `null`. Throws if the value is no object.
    public func optional(_ key: String) throws -> JSONValue? {
        guard let member = try member(key), !member.isNull else { return nil }
        return member
    }

    /// Path of the value from the root, as `$.images[3].id`.
    public var path: String { document.path(to: index) }

    /// An error at this value, for callers that find its content wrong: `throw value.error("wanted a positive width")`.
    public func error(_ problem: String) -> JSONError { document.error(at: index, problem) }

    private func member(_ key: String) throws -> JSONValue? {
        guard kind == .object else { throw mismatch("an object with the key \"\(key)\"") }
        var key = key
        return key.withUTF8 { wanted in
            var place = index + 1
            while document.words[place] >> 56 != UInt64(UInt8(ascii: "}")) {
                let name = JSONValue(document: document, index: place).text
                if name.elementsEqual(wanted) { return JSONValue(document: document, index: place + 1) }
                place = document.index(after: place + 1)
            }
            return nil
        }
    }

    /// Bytes of a string or of a key.
    var text: UnsafeBufferPointer<UInt8> {
        let start = document.strings + payload
        let length = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return UnsafeBufferPointer(start: start + 4, count: Int(length))
    }

    private func mismatch(_ wanted: String) -> JSONError {
        error("found \(summary), wanted \(wanted)")
    }

    /// The value in a few words.
    private var summary: String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "the string \(JSONWriter().text(.string(String(decoding: text.prefix(40), as: UTF8.self))))"
        case .integer where tag == UInt8(ascii: "l"): "the number \((try? int).map { "\($0)" } ?? "")"
        case .integer, .number: "the number \((try? double).map { "\($0)" } ?? "")"
        case .boolean: tag == UInt8(ascii: "t") ? "true" : "false"
        case .null: "null"
        }
    }
}
