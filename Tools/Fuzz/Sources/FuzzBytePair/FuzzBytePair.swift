import FuzzSupport
import TextTokenizers

/// Takes the bytes up to the first NUL for a `vocab.json` and the rest for a `merges.txt`.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let end = bytes.firstIndex(of: 0) ?? count
    folder.with([("vocab.json", Array(bytes[..<end])), ("merges.txt", Array(bytes[end...].dropFirst()))]) {
        use(try BytePairTokenizer(directory: $0))
    }
    return 0
}
