/// How much of an archive is accepted.
public struct ArchiveLimits: Hashable, Sendable {
    /// The most entries of a zip archive.
    public var entries: Int
    /// The most bytes of one entry, or of a gzip file's contents, when decompressed.
    public var bytes: Int

    /// A million entries of 16 GiB each, unless told otherwise.
    public init(entries: Int = 1 << 20, bytes: Int = 1 << 34) {
        self.entries = entries
        self.bytes = bytes
    }
}
