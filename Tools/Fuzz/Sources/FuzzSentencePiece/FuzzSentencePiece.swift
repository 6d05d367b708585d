import FuzzingFolder
import TextTokenizers

/// Takes the bytes for a `spiece.model`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    folder.use([("spiece.model", bytes)]) { try SentencePieceTokenizer(directory: $0) }
    return 0
}
