import FuzzingFolder
import TextTokenizers

/// Takes the bytes for a `vocab.txt`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    folder.use([("vocab.txt", bytes)]) { try WordPieceTokenizer(directory: $0) }
    return 0
}
