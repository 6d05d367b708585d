import JSON

/// The directory at the end of a zip archive.
struct ZipDirectory {
    private(set) var entries: [ZipArchive.Entry] = []

    private let file: MappedFile
    private let reader: ZipReader

    init(_ file: MappedFile, _ limits: ArchiveLimits) throws {
        self.file = file
        reader = ZipReader(file.bytes)
        guard let end = reader.endOfDirectory() else {
            guard reader.has(0, 4), reader.uint32(0) == ZipReader.entryMark else {
                throw FileError.foreign(file, wanted: "a zip archive")
            }
            throw damage("has no directory at its end; it is truncated")
        }
        let location = try self.location(end)
        guard location.count <= limits.entries else {
            throw damage("has \(location.count) entries, more than the \(limits.entries) that are accepted")
        }
        // Some programs put bytes in front of an archive, and leave its offsets as they were.
        guard location.size <= location.end, location.offset <= location.end - location.size else {
            throw damage("has a directory that reaches beyond the file; it is truncated")
        }
        let shift = location.end - location.size - location.offset
        var position = location.offset + shift
        for _ in 0..<location.count { entries.append(try entry(&position, location.end, shift)) }
    }

    private struct Location {
        var count: Int
        var size: Int
        var offset: Int
        /// What follows the directory.
        var end: Int
    }

    private func damage(_ problem: String) -> FileError { FileError(file: file.path, problem: problem) }

    private func location(_ end: Int) throws -> Location {
        guard reader.uint16(end + 4) == 0 || reader.uint16(end + 4) == 0xFFFF else {
            throw damage("is one of several volumes, which are not read")
        }
        let location = Location(
            count: Int(reader.uint16(end + 10)), size: Int(reader.uint32(end + 12)),
            offset: Int(reader.uint32(end + 16)), end: end)
        // Zip64: where a number does not fit, a larger record tells it, and a locator before this one where that lies.
        let locator = end - 20
        guard reader.has(locator, 20), reader.uint32(locator) == ZipReader.locatorMark else { return location }
        let record = reader.int(locator + 8)
        for place in [record, locator - 56].compactMap({ $0 })
        where reader.has(place, 56) && reader.uint32(place) == ZipReader.largeEndMark {
            guard let count = reader.int(place + 32), let size = reader.int(place + 40),
                let offset = reader.int(place + 48)
            else { break }
            return Location(count: count, size: size, offset: offset, end: place)
        }
        throw damage("has a Zip64 locator that points at nothing; it is damaged")
    }

    /// Reads the entry at `position` and moves on to the next.
    private func entry(_ position: inout Int, _ end: Int, _ shift: Int) throws -> ZipArchive.Entry {
        guard position + 46 <= end, reader.has(position, 46), reader.uint32(position) == ZipReader.directoryMark else {
            throw damage("has a damaged directory after \(entries.count) entries")
        }
        let nameCount = Int(reader.uint16(position + 28))
        let extraCount = Int(reader.uint16(position + 30))
        let next = position + 46 + nameCount + extraCount + Int(reader.uint16(position + 32))
        guard next <= end else { throw damage("has a damaged directory after \(entries.count) entries") }
        let name = reader.bytes[position + 46..<position + 46 + nameCount]
        var entry = ZipArchive.Entry(
            path: String(decoding: name, as: UTF8.self), count: Int(reader.uint32(position + 24)),
            method: reader.uint16(position + 10), isEncrypted: reader.uint16(position + 8) & 1 != 0,
            checksum: reader.uint32(position + 16), compressedCount: Int(reader.uint32(position + 20)),
            offset: Int(reader.uint32(position + 42)))
        let extra = position + 46 + nameCount
        guard widen(&entry, extra..<extra + extraCount), entry.offset <= Int.max - shift else {
            throw damage("gives no size for its entry \(entry.path)")
        }
        entry.offset += shift
        position = next
        return entry
    }

    /// Takes those numbers that do not fit into 32 bits from the Zip64 field.
    private func widen(_ entry: inout ZipArchive.Entry, _ extra: Range<Int>) -> Bool {
        let large = Int(UInt32.max)
        guard entry.count == large || entry.compressedCount == large || entry.offset == large else { return true }
        var field = extra.lowerBound
        while field + 4 <= extra.upperBound {
            let end = field + 4 + Int(reader.uint16(field + 2))
            guard end <= extra.upperBound else { return false }
            if reader.uint16(field) == 1 {
                var place = field + 4
                for path in [\ZipArchive.Entry.count, \.compressedCount, \.offset] where entry[keyPath: path] == large {
                    guard place + 8 <= end, let value = reader.int(place) else { return false }
                    entry[keyPath: path] = value
                    place += 8
                }
                return true
            }
            field = end
        }
        return false
    }
}

/// Little-endian numbers in memory.
struct ZipReader {
    static let entryMark: UInt32 = 0x0403_4B50
    static let directoryMark: UInt32 = 0x0201_4B50
    static let endMark: UInt32 = 0x0605_4B50
    static let locatorMark: UInt32 = 0x0706_4B50
    static let largeEndMark: UInt32 = 0x0606_4B50

    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    func has(_ offset: Int, _ count: Int) -> Bool {
        offset >= 0 && count >= 0 && offset <= bytes.count && count <= bytes.count - offset
    }

    func uint16(_ offset: Int) -> UInt16 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self).littleEndian }

    func uint32(_ offset: Int) -> UInt32 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).littleEndian }

    /// A number of 64 bits, if it can be a size.
    func int(_ offset: Int) -> Int? {
        Int(exactly: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
    }

    /// Where the last record lies: at the end of the file, but for a comment whose length it tells.
    func endOfDirectory() -> Int? {
        let last = bytes.count - 22
        for offset in stride(from: last, through: max(0, last - Int(UInt16.max)), by: -1)
        where uint32(offset) == ZipReader.endMark && offset + 22 + Int(uint16(offset + 20)) == bytes.count {
            return offset
        }
        return nil
    }
}
