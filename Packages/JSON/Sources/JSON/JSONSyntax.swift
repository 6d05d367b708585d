/// Finds where and why a text is not JSON. It runs only after the parser has refused the text, which tells no place.
struct JSONSyntax {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let depthLimit: Int
    private var index = 0
    private var depth = 0

    private struct Mistake: Error {
        var offset: Int
        var problem: String
    }

    /// The error for a refused text; `otherwise` is the parser's reason, for what this checker finds nothing wrong with.
    static func error(
        in bytes: UnsafeBufferPointer<UInt8>, name: String, line: Int?, depth: Int, otherwise: String
    ) -> JSONError {
        func whole(_ problem: String) -> JSONError {
            JSONError(file: name, position: line.map { JSONError.Position(line: $0) }, problem: problem)
        }
        if let format = ForeignFormat(bytes) { return whole("wanted JSON; it is \(format.description)") }
        var syntax = JSONSyntax(bytes: bytes, depthLimit: depth)
        do {
            try syntax.document()
            return whole(otherwise)
        } catch {
            var position = position(of: error.offset, in: bytes)
            position.line += (line ?? 1) - 1
            return JSONError(file: name, position: position, problem: error.problem)
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>, depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private static func position(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> JSONError.Position {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONError.Position(line: line, column: offset - start + 1)
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func mistake(_ problem: String, at offset: Int? = nil) -> Mistake {
        Mistake(offset: offset ?? index, problem: problem)
    }

    private mutating func skipSpace() {
        while let byte = current, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func document() throws(Mistake) {
        try value()
        skipSpace()
        guard current == nil else { throw mistake("there is more after the end of the value") }
    }

    private mutating func value() throws(Mistake) {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): try container(closing: UInt8(ascii: "}"), of: "object", hasKeys: true)
        case UInt8(ascii: "["): try container(closing: UInt8(ascii: "]"), of: "array", hasKeys: false)
        case UInt8(ascii: "\""): try string()
        case nil: throw mistake("the text ends where a value should stand")
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): try number()
        default: try word()
        }
    }

    private mutating func container(closing: UInt8, of kind: String, hasKeys: Bool) throws(Mistake) {
        depth += 1
        guard depth <= depthLimit else { throw mistake("nested deeper than the \(depthLimit) levels accepted") }
        defer { depth -= 1 }
        index += 1
        skipSpace()
        if take(closing) { return }
        while true {
            if hasKeys { try key() }
            try value()
            skipSpace()
            if take(closing) { return }
            guard take(UInt8(ascii: ",")) else {
                throw mistake("wanted a comma or the end of the \(kind)\(found)")
            }
            skipSpace()
            if current == closing { throw mistake("a comma stands before the end of the \(kind)") }
        }
    }

    private var found: String {
        guard let byte = current else { return ", found the end of the text" }
        return byte > 0x20 && byte < 0x7F ? ", found \(Character(Unicode.Scalar(byte)))" : ""
    }

    private mutating func key() throws(Mistake) {
        skipSpace()
        guard current == UInt8(ascii: "\"") else { throw mistake("wanted a key in double quotes\(found)") }
        try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw mistake("wanted a colon after the key\(found)") }
    }

    private mutating func word() throws(Mistake) {
        let start = index
        while let byte = current, byte >= 0x80 || byte == UInt8(ascii: "_") || isAlphanumeric(byte) { index += 1 }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        switch word {
        case "true", "false", "null": return
        case "": throw mistake("wanted a value\(found)", at: start)
        case "NaN", "Infinity":
            throw mistake("\(word) is not JSON (Python writes it unless told allow_nan=False)", at: start)
        default: throw mistake("\(word.prefix(20)) is not JSON; strings stand in double quotes", at: start)
        }
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        return index > start
    }

    private mutating func number() throws(Mistake) {
        let start = index
        let isNegative = take(UInt8(ascii: "-"))
        if isNegative && current == UInt8(ascii: "I") { return try word() }
        let zero = take(UInt8(ascii: "0"))
        var isWhole = zero ? !digits() : digits()
        if take(UInt8(ascii: ".")) { isWhole = digits() && isWhole }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            isWhole = digits() && isWhole
        }
        guard isWhole else { throw mistake("malformed number", at: start) }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard text.count < 400, Double(text)?.isFinite == true else {
            throw mistake("the number is too large", at: start)
        }
        let isInteger = !text.utf8.contains { [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains($0) }
        if isInteger && Int(text) == nil && UInt64(text) == nil {
            throw mistake("the integer does not fit 64 bits", at: start)
        }
    }

    private mutating func string() throws(Mistake) {
        let start = index
        index += 1
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw mistake("a control character stands unescaped in a string")
            case 0x80...: try scalar()
            default: index += 1
            }
        }
        throw mistake("the string is never closed", at: start)
    }

    private mutating func escape() throws(Mistake) {
        let start = index
        index += 1
        guard let byte = current else { throw mistake("the text ends in an escape") }
        index += 1
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw mistake("unknown escape", at: start) }
            return
        }
        let first = try codeUnit(at: start)
        guard first & 0xF800 == 0xD800 else { return }
        guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
            try codeUnit(at: start) & 0xFC00 == 0xDC00
        else { throw mistake("half a surrogate pair", at: start) }
    }

    private mutating func codeUnit(at start: Int) throws(Mistake) -> UInt32 {
        let digits = bytes[index..<min(index + 4, bytes.count)]
        guard digits.count == 4, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+")
        else { throw mistake("an escape \\u needs four hexadecimal digits", at: start) }
        index += 4
        return unit
    }

    private mutating func scalar() throws(Mistake) {
        var rest = bytes[index...].makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        guard case .valid(let scalar) = parser.parseScalar(from: &rest) else {
            throw mistake("the bytes are not UTF-8")
        }
        index += scalar.count
    }
}

/// True for an ASCII letter or digit.
func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: false
    }
}
