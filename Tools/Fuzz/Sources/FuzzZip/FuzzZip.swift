import Archives
import FuzzSupport

/// Takes the bytes for a zip archive.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    folder.with("file.zip", start, count) {
        let archive = try ZipArchive(contentsOf: $0, limits: ArchiveLimits(bytes: 1 << 24))
        for entry in archive.entries.prefix(20) { _ = try archive.contents(of: entry) }
    }
    return 0
}
