/// Finds where the objects of a JSON array, or of a file with one object a line, begin and end, without parsing them.
/// The text may come in pieces.
struct RecordScanner {
    /// A byte that cannot stand between records.
    struct Stray: Error {
        let offset: Int
        let byte: UInt8
    }

    /// The place of the next byte.
    private(set) var offset: Int
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var start = 0

    /// Begins at a place between two records.
    init(at offset: Int = 0) { self.offset = offset }

    /// Whether all records that were begun have ended.
    var isBetweenRecords: Bool { depth == 0 }

    /// Reads a piece and calls `found` with the place of each object that ends in it; stops when that returns false.
    mutating func scan(
        _ piece: UnsafeRawBufferPointer, found: (Range<Int>) throws -> Bool
    ) throws {
        for byte in piece {
            offset += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if depth == 0 {
                try begin(byte)
            } else if try step(byte), try !found(start..<offset) {
                return
            }
        }
    }

    /// A byte between records.
    private mutating func begin(_ byte: UInt8) throws {
        switch byte {
        case UInt8(ascii: "{"):
            depth = 1
            start = offset - 1
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"): break
        default: throw Stray(offset: offset - 1, byte: byte)
        }
    }

    /// A byte inside a record; true if it ends it.
    private mutating func step(_ byte: UInt8) throws -> Bool {
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth == 0
        default: break
        }
        return false
    }
}
