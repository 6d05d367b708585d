import FuzzSupport
import TextTokenizers

/// Takes the bytes for a `vocab.txt`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("vocab.txt", start, count) { use(try WordPieceTokenizer(directory: $0.deletingLastPathComponent())) }
    return 0
}
