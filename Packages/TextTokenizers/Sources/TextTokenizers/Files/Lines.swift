/// The lines of a text file as ranges of its bytes, split as Python's universal newlines split them.
struct Lines: Sequence, IteratorProtocol {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next line without its end; the end of the file ends a line that has bytes.
    mutating func next() -> UnsafeBufferPointer<UInt8>? {
        if place >= bytes.count { return nil }
        let start = place
        while place < bytes.count, bytes[place] != 0x0A, bytes[place] != 0x0D { place += 1 }
        let end = place
        let isPair = end + 1 < bytes.count && bytes[end] == 0x0D && bytes[end + 1] == 0x0A
        place += isPair ? 2 : 1
        return UnsafeBufferPointer(rebasing: bytes[start..<end])
    }
}
