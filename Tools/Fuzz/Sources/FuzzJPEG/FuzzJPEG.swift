import FuzzSupport

/// Takes the bytes for a JPEG.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    decode(start, count, mark: mark)
}
