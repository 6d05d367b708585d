import CZlib
import Foundation
import JSON

/// A zip archive, mapped into memory.
///
/// PKWARE, "APPNOTE.TXT, .ZIP file format specification", 6.3.
public struct ZipArchive: Sendable {
    /// One file of the archive.
    public struct Entry: Hashable, Sendable {
        /// Its path inside the archive, as the archive spells it; bytes that are not UTF-8 are replaced.
        public var path: String
        /// Its size when decompressed, in bytes.
        public var count: Int

        var method: UInt16
        var isEncrypted: Bool
        var checksum: UInt32
        var compressedCount: Int
        /// Where its own header lies.
        var offset: Int
    }

    /// The entries in the order of the archive's directory, folders among them.
    public let entries: [Entry]
    private let places: [String: Int]
    private let file: MappedFile
    private let limits: ArchiveLimits

    /// Opens an archive and reads its directory.
    ///
    /// - Throws: `FileError` if the file cannot be read, is no zip archive, is truncated or over the limits, or names
    ///   an entry twice.
    public init(contentsOf url: URL, limits: ArchiveLimits = ArchiveLimits()) throws {
        file = try MappedFile(url)
        self.limits = limits
        let directory = try ZipDirectory(file, limits)
        entries = directory.entries
        var places: [String: Int] = [:]
        for (place, entry) in entries.enumerated() {
            guard places.updateValue(place, forKey: entry.path) == nil else {
                throw FileError(file: file.path, problem: "names its entry \(entry.path) twice")
            }
        }
        self.places = places
    }

    /// The archive's path.
    public var path: String { file.path }

    /// The entry of that path, if there is one.
    public subscript(path: String) -> Entry? { places[path].map { entries[$0] } }

    /// The entry of that path.
    ///
    /// - Throws: `FileError` if there is none.
    public func entry(named path: String) throws -> Entry {
        guard let entry = self[path] else { throw FileError(file: file.path, problem: "has no entry \(path)") }
        return entry
    }

    /// An entry's bytes, decompressed and compared with its checksum.
    ///
    /// - Throws: `FileError` if they are damaged, over the limit, encrypted or of an unknown kind of compression.
    public func contents(of entry: Entry) throws -> [UInt8] {
        let bytes = try compressedBytes(of: entry)
        guard entry.count <= limits.bytes else {
            throw error(entry, "has \(entry.count) bytes, more than the \(limits.bytes) that are accepted")
        }
        let contents: [UInt8]
        switch entry.method {
        case Method.stored: contents = Array(bytes)
        case Method.deflated: contents = try inflated(entry, bytes)
        default: throw error(entry, "is compressed by method \(entry.method); only stored and deflated ones are read")
        }
        guard contents.count == entry.count else {
            throw error(entry, "has \(contents.count) bytes where the archive's directory says \(entry.count)")
        }
        guard contents.withUnsafeBytes(ZipArchive.checksum) == entry.checksum else {
            throw error(entry, "is damaged: its checksum differs")
        }
        return contents
    }

    /// The bytes of an entry that is not compressed, where they lie in the file; nil for a compressed one. They are not
    /// compared with the checksum, and valid inside `body` only.
    ///
    /// - Throws: `FileError` if the entry is encrypted or reaches beyond the file, and what `body` throws.
    public func withStoredBytes<Result>(
        of entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result? {
        guard entry.method == Method.stored else { return nil }
        let bytes = try compressedBytes(of: entry)
        guard bytes.count == entry.count else {
            throw error(entry, "has \(bytes.count) bytes where the archive's directory says \(entry.count)")
        }
        return try withExtendedLifetime(file) { try body(bytes) }
    }

    /// Where in the file the bytes of an entry lie that is not compressed; nil for a compressed one.
    ///
    /// - Throws: `FileError` if the entry is encrypted or reaches beyond the file.
    public func storedRange(of entry: Entry) throws -> Range<Int>? {
        try withStoredBytes(of: entry) { bytes in
            let start = bytes.baseAddress.map { $0 - (file.bytes.baseAddress ?? $0) } ?? 0
            return start..<start + bytes.count
        }
    }

    private enum Method {
        static let stored: UInt16 = 0
        static let deflated: UInt16 = 8
    }

    private func error(_ entry: Entry, _ problem: String) -> FileError {
        FileError(file: file.path, problem: "its entry \(entry.path) \(problem)")
    }

    /// An entry's bytes as they lie in the file, behind a header of its own.
    private func compressedBytes(of entry: Entry) throws -> UnsafeRawBufferPointer {
        guard !entry.isEncrypted else { throw error(entry, "is encrypted") }
        let reader = ZipReader(file.bytes)
        guard reader.has(entry.offset, 30), reader.uint32(entry.offset) == ZipReader.entryMark else {
            throw error(entry, "is not where the archive's directory says")
        }
        let start = entry.offset + 30 + Int(reader.uint16(entry.offset + 26)) + Int(reader.uint16(entry.offset + 28))
        guard reader.has(start, entry.compressedCount) else { throw error(entry, "reaches beyond the end of the file") }
        return UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + entry.compressedCount])
    }

    private func inflated(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        // Deflate makes at most 1032 bytes from one, so a size beyond is a lie that nothing is reserved for.
        guard entry.count / 1032 <= bytes.count else {
            throw error(entry, "says it has \(entry.count) bytes, more than its compressed data can hold")
        }
        var contents: [UInt8] = []
        contents.reserveCapacity(entry.count)
        do {
            _ = try Inflater(.raw).run(bytes) { piece in
                guard contents.count + piece.count <= entry.count else {
                    throw Inflater.Failure(problem: "has more than the \(entry.count) bytes of the archive's directory")
                }
                contents.append(contentsOf: piece)
            }
        } catch let failure as Inflater.Failure {
            throw error(entry, failure.problem)
        }
        return contents
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
    }
}
