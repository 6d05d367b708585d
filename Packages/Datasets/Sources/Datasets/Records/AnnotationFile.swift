import Archives
import Foundation
import JSON

/// Opens files of annotations, plain or compressed by gzip.
enum AnnotationFile {
    /// A file to read in parts. What gzip holds is written to a temporary file first, which is gone when it is closed, so
    /// that no more than a piece is ever in memory. Throws an error that names the file.
    static func open(_ url: URL) throws -> RandomAccessFile {
        let file = try RandomAccessFile(url)
        var start: (UInt8, UInt8) = (0, 0)
        let count = try withUnsafeMutableBytes(of: &start) { try file.read(into: $0, at: 0) }
        guard count == 2, start == (0x1F, 0x8B) else { return file }
        let temporary = try TemporaryFile(insteadOf: url)
        // Annotations shrink to a tenth or so; what grows a hundredfold was made to fill the disk.
        let limits = ArchiveLimits(bytes: max(256 << 20, 100 * file.byteCount))
        try GzipFile(contentsOf: url, limits: limits).forEachPiece(temporary.append)
        return try temporary.finish()
    }
}

/// A file without a name, in the folder for temporary ones.
private final class TemporaryFile {
    private let source: URL
    private var descriptor: Int32

    init(insteadOf source: URL) throws {
        self.source = source
        var template = Array((NSTemporaryDirectory() + "/annotations.XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure() }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = write(descriptor, rest.baseAddress, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
        }
    }

    func finish() throws -> RandomAccessFile {
        defer { descriptor = -1 }
        return try RandomAccessFile(taking: descriptor, named: source.path)
    }

    private func failure() -> FileError {
        FileError(
            file: source.path,
            problem: "cannot be unpacked to \(NSTemporaryDirectory()): \(String(cString: strerror(errno)))")
    }
}
