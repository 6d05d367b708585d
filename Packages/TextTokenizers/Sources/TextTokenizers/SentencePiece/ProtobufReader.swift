/// Reads protobuf messages field by field, never past the end of what it was given.
///
/// Groups, which no model file has, and field numbers beyond the format's are refused; what remains cannot recurse.
struct ProtobufReader {
    /// A field's number and value; messages and strings are ranges of the bytes.
    enum Value {
        case integer(UInt64)
        case float(Float)
        case bytes(Range<Int>)
        /// A 64-bit value, which model files do not use.
        case other
    }

    /// What is wrong, and at which byte.
    struct Failure: Error {
        var place: Int
        var found: String
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place: Int
    private let end: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next field, nil at the end of the message.
    mutating func next() throws(Failure) -> (number: Int, value: Value)? {
        if place == end { return nil }
        let start = place
        let tag = try varint()
        let number = Int(truncatingIfNeeded: tag >> 3)
        guard tag <= UInt64(UInt32.max), number > 0 else {
            throw Failure(place: start, found: "a field of the number \(tag >> 3)")
        }
        switch tag & 7 {
        case 0: return (number, .integer(try varint()))
        case 1:
            _ = try take(8)
            return (number, .other)
        case 2:
            let count = try varint()
            guard count <= UInt64(end - place) else {
                throw Failure(place: start, found: "a field of \(count) bytes where \(end - place) are left")
            }
            return (number, .bytes(try take(Int(count))))
        case 5:
            let range = try take(4)
            let bits = range.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
            return (number, .float(Float(bitPattern: bits)))
        default: throw Failure(place: start, found: "a field of the wire type \(tag & 7)")
        }
    }

    private mutating func take(_ count: Int) throws(Failure) -> Range<Int> {
        guard count <= end - place else {
            throw Failure(place: place, found: "\(end - place) bytes where a value of \(count) begins")
        }
        defer { place += count }
        return place..<place + count
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        let start = place
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            if place == end { throw Failure(place: start, found: "the end of a message within a number") }
            let byte = UInt64(bytes[place])
            place += 1
            if shift == 63, byte > 1 { break }
            value |= (byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw Failure(place: start, found: "a number of more than 64 bits")
    }
}

/// Writes protobuf messages.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: Int, _ value: Int) {
        append(varint: UInt64(number) << 3)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func append(_ number: Int, _ value: Float) {
        append(varint: UInt64(number) << 3 | 5)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    mutating func append(_ number: Int, _ value: some Collection<UInt8>) {
        append(varint: UInt64(number) << 3 | 2)
        append(varint: UInt64(value.count))
        bytes += value
    }

    private mutating func append(varint value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
