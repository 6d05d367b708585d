import FuzzSupport
import TextTokenizers

/// Takes the bytes for a `spiece.model`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("spiece.model", start, count) {
        use(try SentencePieceTokenizer(directory: $0.deletingLastPathComponent()))
    }
    return 0
}
