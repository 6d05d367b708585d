import JSON
import Tensors

/// A mapped file as the owner of tensors, whose memory may be let go of when they were used for the last time.
final class MappedPages: ReleasableMemory {
    private let file: MappedFile

    init(_ file: MappedFile) { self.file = file }

    /// The file's bytes; valid as long as this object lives.
    var bytes: UnsafeRawBufferPointer { file.bytes }

    func release(_ bytes: UnsafeRawBufferPointer) { file.release(bytes) }
}
