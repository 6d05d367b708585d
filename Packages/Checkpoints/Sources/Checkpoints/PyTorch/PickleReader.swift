/// A pickle cannot be read as plain values: where, and why.
struct PickleError: Error {
    var offset: Int
    var problem: String
}

/// A place in a pickle's bytes, with every read checked against their end.
struct PickleReader {
    private let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func error(_ problem: String) -> PickleError { PickleError(offset: offset, problem: problem) }

    mutating func byte() throws(PickleError) -> UInt8 {
        guard offset < bytes.count else { throw error("ends too early") }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func take(_ count: Int) throws(PickleError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - offset else { throw error("ends too early") }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// An unsigned number of so many bytes, the least first.
    mutating func number(_ size: Int) throws(PickleError) -> UInt64 {
        try take(size).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A count of so many bytes.
    mutating func count(_ size: Int) throws(PickleError) -> Int {
        guard let count = Int(exactly: try number(size)) else { throw error("declares a size that no file has") }
        return count
    }

    mutating func int32() throws(PickleError) -> Int { Int(Int32(truncatingIfNeeded: try number(4))) }

    /// A number as the format writes it, the greatest byte first.
    mutating func double() throws(PickleError) -> Double {
        Double(bitPattern: try take(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// A text of so many bytes of UTF-8; lone surrogates, which Python lets pass, are refused.
    mutating func text(_ count: Int) throws(PickleError) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw error("holds a text that is not UTF-8")
        }
        return text
    }

    /// The bytes up to a newline, as text.
    mutating func line() throws(PickleError) -> String {
        guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { throw error("ends too early") }
        let text = try text(end - offset)
        offset += 1
        return text
    }

    /// A whole number of so many bytes in two's complement, the least first.
    mutating func long(_ size: Int) throws(PickleError) -> PickleValue {
        // A greater number is quadratic in its size to write down, and no checkpoint has one.
        guard size <= 1024 else { throw error("holds a number of \(size) bytes") }
        let digits = Array(try take(size))
        let isNegative = digits.last.map { $0 >= 0x80 } ?? false
        if size <= 8 {
            let filled = digits + Array(repeating: isNegative ? 0xFF : 0, count: 8 - size)
            return .int(Int(bitPattern: UInt(filled.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })))
        }
        return .bigInt(Self.decimal(digits, isNegative: isNegative))
    }

    private static func decimal(_ digits: [UInt8], isNegative: Bool) -> String {
        var magnitude = isNegative ? digits.map { ~$0 } : digits
        if isNegative {
            for place in magnitude.indices {
                magnitude[place] &+= 1
                if magnitude[place] != 0 { break }
            }
        }
        var text: [UInt8] = []
        while magnitude.contains(where: { $0 != 0 }) {
            var rest = 0
            for place in magnitude.indices.reversed() {
                rest = rest << 8 | Int(magnitude[place])
                magnitude[place] = UInt8(rest / 10)
                rest %= 10
            }
            text.append(UInt8(ascii: "0") + UInt8(rest))
        }
        let sign = isNegative ? "-" : ""
        return text.isEmpty ? "0" : sign + String(decoding: text.reversed(), as: UTF8.self)
    }
}
