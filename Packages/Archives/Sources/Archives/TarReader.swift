/// Walks the headers of a tar archive, blocks of 512 bytes before each member.
struct TarReader {
    /// Why the archive cannot be read, to follow its name.
    struct Failure: Error {
        var problem: String
    }

    private static let block = 512
    /// Names and settings that stand in members of their own.
    private static let extensionByteLimit = 1 << 20

    private let bytes: UnsafeRawBufferPointer
    private let limits: ArchiveLimits
    private var offset = 0
    private var longName: String?
    private var longSize: Int?

    init(_ bytes: UnsafeRawBufferPointer, limits: ArchiveLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func members() throws -> [TarArchive.Member] {
        var members: [TarArchive.Member] = []
        while let member = try next() {
            guard members.count < limits.entries else {
                throw Failure(problem: "holds more than the \(limits.entries) members that are accepted")
            }
            members.append(member)
        }
        return members
    }

    /// The next regular file; nil at the end.
    private mutating func next() throws -> TarArchive.Member? {
        while offset < bytes.count {
            guard bytes.count - offset >= Self.block else { throw Failure(problem: "ends inside a header") }
            let header = TarHeader(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Self.block]))
            if header.isZero { return nil }
            guard header.isSound else {
                let what = offset == 0 ? "is no tar archive" : "holds no header at byte \(offset)"
                throw Failure(problem: "\(what): the checksum is wrong")
            }
            offset += Self.block
            if let member = try read(header) { return member }
        }
        // Two blocks of zeros should stand at the end; archives cut off between members are read by all tools.
        return nil
    }

    /// The member of a header, if it is a regular file; names and settings for the next one are kept.
    private mutating func read(_ header: TarHeader) throws -> TarArchive.Member? {
        guard let size = longSize ?? header.size, size >= 0 else {
            throw Failure(problem: "member \"\(longName ?? header.path)\" declares no size that makes sense")
        }
        let start = offset
        guard size <= bytes.count - start else {
            throw Failure(problem: "ends inside member \"\(longName ?? header.path)\"")
        }
        offset = start + min((size + Self.block - 1) / Self.block * Self.block, bytes.count - start)
        switch header.kind {
        case UInt8(ascii: "L"): longName = try text(start, size).withoutZeros
        case UInt8(ascii: "x"): try readSettings(text(start, size))
        case UInt8(ascii: "K"), UInt8(ascii: "g"): break
        default:
            defer { (longName, longSize) = (nil, nil) }
            guard [0, UInt8(ascii: "0"), UInt8(ascii: "7")].contains(header.kind) else { return nil }
            guard size <= limits.bytes else {
                throw Failure(problem: "member \"\(longName ?? header.path)\" has more bytes than are accepted")
            }
            return TarArchive.Member(path: longName ?? header.path, range: start..<start + size)
        }
        return nil
    }

    private func text(_ start: Int, _ size: Int) throws -> ArraySlice<UInt8> {
        guard size <= Self.extensionByteLimit else { throw Failure(problem: "holds a name of \(size) bytes") }
        return Array(bytes[start..<start + size])[...]
    }

    /// pax: lines of `LENGTH KEY=VALUE`, the length counted with itself and the line's end.
    private mutating func readSettings(_ text: ArraySlice<UInt8>) throws {
        var rest = text
        while let space = rest.firstIndex(of: 0x20) {
            guard let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
                length > space - rest.startIndex + 1,
                length <= rest.count
            else { throw Failure(problem: "holds pax settings of a length that makes no sense") }
            let end = rest.startIndex + length
            let setting = rest[(space + 1)..<(end - 1)].split(separator: UInt8(ascii: "="), maxSplits: 1)
            if setting.count == 2 {
                let value = String(decoding: setting[1], as: UTF8.self)
                switch String(decoding: setting[0], as: UTF8.self) {
                case "path": longName = value
                case "size": longSize = Int(value)
                default: break
                }
            }
            rest = rest[end...]
        }
    }
}

/// One header.
private struct TarHeader {
    private let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// Whether the sum of all bytes is the one that is stored, for which blanks stand in its own place.
    var isSound: Bool {
        let sum = bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
        return octal(148..<156) == sum
    }

    var kind: UInt8 { bytes[156] }

    var path: String {
        let name = text(0..<100)
        let prefix = bytes[257..<262].elementsEqual("ustar".utf8) && bytes[262] == 0 ? text(345..<500) : ""
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    /// Octal digits, or since GNU a binary number marked by its first bit.
    var size: Int? {
        guard bytes[124] & 0x80 != 0 else { return octal(124..<136) }
        guard bytes[124] == 0x80, bytes[125..<128].allSatisfy({ $0 == 0 }), bytes[128] & 0x80 == 0 else { return nil }
        return bytes[128..<136].reduce(0) { $0 << 8 | Int($1) }
    }

    private func octal(_ range: Range<Int>) -> Int? {
        let digits = bytes[range].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }

    private func text(_ range: Range<Int>) -> String { Array(bytes[range])[...].withoutZeros }
}

extension ArraySlice<UInt8> {
    /// The text before the first zero.
    fileprivate var withoutZeros: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
