import Archives
import FuzzSupport

/// Takes the bytes for a gzip file.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("file.gz", start, count) {
        _ = try GzipFile(contentsOf: $0, limits: ArchiveLimits(bytes: 1 << 24)).contents()
    }
    return 0
}
