import Foundation

/// What bytes go to until they are all there.
protocol WrittenTarget: AnyObject {
    /// Writes all of the bytes.
    func write(_ memory: UnsafeRawBufferPointer) throws

    /// Ends it; nothing is written after that.
    func commit() throws
}

/// A file under a temporary name, which gets its own when it is whole.
final class NewFile: WrittenTarget {
    private let path: String
    private let temporary: String
    private var descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        temporary = FileSystem.temporaryName(for: path)
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError.writing(path) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unlink(temporary)
    }

    func write(_ memory: UnsafeRawBufferPointer) throws {
        try FileSystem.write(memory, to: descriptor, named: path)
    }

    func commit() throws {
        guard fsync(descriptor) == 0 else { throw FileError.system(path) }
        let isClosed = close(descriptor) == 0
        descriptor = -1
        guard isClosed, rename(temporary, path) == 0 else {
            let error = FileError.system(path)
            unlink(temporary)
            throw error
        }
        FileSystem.syncFolder(of: path)
    }
}

/// What is no file, such as a pipe: it takes bytes as they come, and has nothing to bring to disk.
final class OpenedDevice: WrittenTarget {
    private let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.writing(path) }
    }

    deinit { close(descriptor) }

    func write(_ memory: UnsafeRawBufferPointer) throws {
        try FileSystem.write(memory, to: descriptor, named: path)
    }

    func commit() {}
}
