import CZlib

/// zlib's decompression of one stream, a piece at a time.
final class Inflater {
    /// How the stream is wrapped.
    enum Format: Int32 {
        /// Not at all, as in zip archives.
        case raw = -15
        /// By gzip's header and checksum.
        case gzip = 31
    }

    /// Why a stream ended early, to follow the name of a file or an entry.
    struct Failure: Error {
        var problem: String
    }

    private var stream = z_stream()
    private var piece = [UInt8](repeating: 0, count: 1 << 16)
    /// zlib counts its input in 32 bits.
    private static let inputLimit = 1 << 30

    init(_ format: Format) throws {
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, size) == Z_OK else {
            throw Failure(problem: "zlib does not start")
        }
    }

    deinit { inflateEnd(&stream) }

    /// Decompresses one stream and returns how much of `input` it took.
    func run(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int {
        var used = 0
        while true {
            let given = min(input.count - used, Inflater.inputLimit)
            let (status, left, made) = step(UnsafeRawBufferPointer(rebasing: input[used..<used + given]))
            used += given - left
            try piece.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<made])) }
            switch status {
            case Z_STREAM_END: return used
            case Z_OK where made > 0 || given > left: continue
            case Z_OK, Z_BUF_ERROR: throw Failure(problem: "ends in the middle of its compressed data; it is truncated")
            default: throw Failure(problem: "its compressed data are damaged (\(message))")
            }
        }
    }

    /// Makes ready for another stream.
    func reset() { inflateReset(&stream) }

    private var message: String { stream.msg.map { String(cString: $0) } ?? "zlib does not say how" }

    private func step(_ input: UnsafeRawBufferPointer) -> (status: Int32, left: Int, made: Int) {
        // zlib reads from `next_in` only, although C's type says otherwise.
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(input.count)
        return piece.withUnsafeMutableBufferPointer { output in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            let status = inflate(&stream, Z_NO_FLUSH)
            return (status, Int(stream.avail_in), output.count - Int(stream.avail_out))
        }
    }
}
