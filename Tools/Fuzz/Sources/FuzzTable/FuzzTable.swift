import Datasets
import FuzzSupport

/// Takes the bytes for a table of files and captions.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("list.csv", start, count) {
        use(try TableCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent()))
    }
    return 0
}
