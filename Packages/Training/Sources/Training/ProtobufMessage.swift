/// A protobuf message that is put together field by field.
struct ProtobufMessage {
    /// The message so far.
    private(set) var bytes: [UInt8] = []

    private enum Wire: Int {
        case varint = 0
        case eightBytes = 1
        case lengthDelimited = 2
        case fourBytes = 5
    }

    private mutating func append(tag field: Int, _ wire: Wire) { append(varint: UInt64(field << 3 | wire.rawValue)) }

    private mutating func append(varint: UInt64) {
        var rest = varint
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ field: Int, _ value: Int) {
        append(tag: field, .varint)
        append(varint: UInt64(bitPattern: Int64(value)))
    }

    mutating func append(_ field: Int, _ value: Double) {
        append(tag: field, .eightBytes)
        bytes += value.bitPattern.littleEndianBytes
    }

    mutating func append(_ field: Int, _ value: Float) {
        append(tag: field, .fourBytes)
        bytes += value.bitPattern.littleEndianBytes
    }

    mutating func append(_ field: Int, _ value: [UInt8]) {
        append(tag: field, .lengthDelimited)
        append(varint: UInt64(value.count))
        bytes += value
    }

    mutating func append(_ field: Int, _ text: String) { append(field, Array(text.utf8)) }

    /// A message inside this one.
    mutating func append(_ field: Int, _ fill: (inout ProtobufMessage) -> Void) {
        var message = ProtobufMessage()
        fill(&message)
        append(field, message.bytes)
    }
}

extension FixedWidthInteger {
    /// The bytes, the least significant first.
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
