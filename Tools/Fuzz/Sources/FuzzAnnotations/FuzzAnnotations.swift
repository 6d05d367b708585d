import Datasets
import FuzzSupport

/// Takes the bytes for an annotation file in JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("list.json", start, count) {
        use(try AnnotatedCaptions(contentsOf: $0, imagesIn: $0.deletingLastPathComponent()))
    }
    return 0
}
