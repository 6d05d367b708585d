import FuzzingFolder
import TextTokenizers

/// Takes the bytes for a `tokenizer.json`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    folder.use([("tokenizer.json", bytes)]) { try TextTokenizers.load($0) }
    return 0
}
