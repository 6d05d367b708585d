import Foundation

/// A file in the making, under a temporary name beside the one it will have. `commit()` brings it to disk and renames it
/// in one step, so that at any moment the old file or the whole new one is there; without a commit nothing is left.
///
/// What a link leads to is replaced, and not the link. A device or a pipe, such as `/dev/stdout`, is written to as it is.
public final class FileReplacement {
    private let target: any WrittenTarget
    private var pending: [UInt8] = []
    private static let pendingLimit = 1 << 20

    /// Starts a file that will stand at `url`. Its folder must exist.
    ///
    /// - Throws: `FileError` if no file can be made in that folder, or a folder bears the name.
    public init(of url: URL) throws {
        let path = FileSystem.linkTarget(of: url.path)
        switch FileSystem.kind(of: path) {
        case S_IFREG, nil: target = try NewFile(path)
        default: target = try OpenedDevice(path)
        }
    }

    /// Writes a whole file at once.
    ///
    /// - Throws: `FileError`, for instance when the disk is full; the file that stood there before is then untouched.
    public static func write(_ bytes: some Sequence<UInt8>, to url: URL) throws {
        let replacement = try FileReplacement(of: url)
        try replacement.append(bytes)
        try replacement.commit()
    }

    /// Appends bytes.
    ///
    /// - Throws: `FileError`, for instance when the disk is full; the file that stood there before is then untouched.
    public func append(_ bytes: some Sequence<UInt8>) throws {
        pending += bytes
        if pending.count >= Self.pendingLimit { try flush() }
    }

    /// Appends memory, without a copy if it is large.
    ///
    /// - Throws: `FileError`, as `append(_:)`.
    public func append(contentsOf memory: UnsafeRawBufferPointer) throws {
        guard memory.count >= Self.pendingLimit else { return try append(memory) }
        try flush()
        try target.write(memory)
    }

    /// Makes the file durable and gives it its name.
    ///
    /// - Throws: `FileError`; the file that stood there before is then untouched.
    public func commit() throws {
        try flush()
        try target.commit()
    }

    private func flush() throws {
        try pending.withUnsafeBytes { try target.write($0) }
        pending.removeAll(keepingCapacity: true)
    }
}
