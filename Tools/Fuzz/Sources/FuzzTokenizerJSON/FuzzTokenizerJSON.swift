import FuzzSupport
import TextTokenizers

/// Takes the bytes for a `tokenizer.json`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("tokenizer.json", start, count) { use(try TextTokenizers.load($0.deletingLastPathComponent())) }
    return 0
}
