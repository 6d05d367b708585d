import JSON

/// What the head of a safetensors file says, checked against the file: names, types, shapes and places of its tensors.
///
/// Format: https://github.com/huggingface/safetensors (8 bytes of little-endian length, that much JSON, the data). As
/// in the reference implementation tensors must fill the data without a hole, an overlap or anything after them.
public struct SafetensorsHeader: Sendable {
    /// One tensor of the file.
    public struct Entry: Sendable, Hashable {
        /// The tensor's name.
        public let name: String
        /// The type of its elements.
        public let type: StoredType
        /// The extents of its axes.
        public let dimensions: [Int]
        /// Where its bytes lie in the file.
        public let range: Range<Int>
    }

    /// The tensors in the order of their bytes.
    public let entries: [Entry]
    /// The strings under `__metadata__`.
    public let metadata: [String: String]

    static let lengthLimit = 100_000_000
    static let entryLimit = 1_000_000

    /// Reads the head of a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: its name for errors.
    /// - Throws: `CheckpointError` or `JSONError` that names what is wrong.
    public init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
        func wrong(_ problem: String) -> CheckpointError { CheckpointError(file: file, problem: problem) }
        guard bytes.count >= 8 else { throw Self.foreign(bytes, file, "only \(bytes.count) bytes long") }
        let declared = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard declared <= bytes.count - 8 else {
            throw Self.foreign(bytes, file, "declares a header of \(declared) bytes in a file of \(bytes.count)")
        }
        guard declared <= Self.lengthLimit else {
            throw Self.foreign(
                bytes, file, "declares a header of \(declared) bytes, of which at most \(Self.lengthLimit) are read")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(declared)])
        guard header.first == UInt8(ascii: "{") else {
            throw Self.foreign(bytes, file, "its header does not begin with {")
        }
        let limits = JSONLimits(bytes: Self.lengthLimit, depth: 4)
        let root = try JSONDocument(parsing: header, name: "\(file) (header)", limits: limits).root
        let members = try root.object
        guard members.count <= Self.entryLimit else {
            throw wrong("lists \(members.count) tensors, of which at most \(Self.entryLimit) are read")
        }
        var entries: [Entry] = []
        entries.reserveCapacity(members.count)
        var metadata: [String: String] = [:]
        for member in members {
            if member.key == "__metadata__" {
                for pair in try member.value.object { metadata[pair.key] = try pair.value.string }
            } else {
                entries.append(try Entry(member, dataStart: 8 + header.count, file: file))
            }
        }
        try Self.checkCover(&entries, of: 8 + header.count..<bytes.count, file: file)
        self.entries = entries
        self.metadata = metadata
    }

    /// Sorts the tensors by place and checks that they fill the data exactly.
    private static func checkCover(_ entries: inout [Entry], of data: Range<Int>, file: String) throws {
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }
        var position = data.lowerBound
        for entry in entries {
            guard entry.range.lowerBound == position else {
                let flaw = entry.range.lowerBound > position ? "a hole in front of it" : "an overlap with another"
                throw CheckpointError(file: file, key: entry.name, problem: "its data_offsets leave \(flaw)")
            }
            position = entry.range.upperBound
        }
        guard position == data.upperBound else {
            let (wanted, found) = (position - data.lowerBound, data.count)
            throw CheckpointError(
                file: file, problem: "holds \(found) bytes of data where its tensors take \(wanted)")
        }
    }

    private static func foreign(_ bytes: UnsafeRawBufferPointer, _ file: String, _ flaw: String) -> CheckpointError {
        let reason = ForeignFormat(bytes.prefix(1024)).map { "it is \($0.description)" } ?? flaw
        return CheckpointError(file: file, problem: "wanted a safetensors file; \(reason)")
    }
}

extension SafetensorsHeader.Entry {
    fileprivate init(_ member: JSONObject.Member, dataStart: Int, file: String) throws {
        let name = member.key
        func wrong(_ problem: String) -> CheckpointError { CheckpointError(file: file, key: name, problem: problem) }
        guard !name.utf8.contains(0) else { throw wrong("its name holds a NUL") }
        let code = try member.value["dtype"].string
        guard let type = StoredType(rawValue: code) else { throw wrong("unknown dtype \(code)") }
        let dimensions = try member.value["shape"].array.map { try $0.int }
        let offsets = try member.value["data_offsets"].array.map { try $0.int }
        guard offsets.count == 2, offsets[0] >= 0, offsets[1] >= offsets[0] else {
            throw wrong("data_offsets \(offsets) are not a begin and an end")
        }
        guard let byteCount = type.byteCount(of: dimensions) else {
            throw wrong("shape \(dimensions) of \(code) is no whole number of bytes or overflows")
        }
        guard byteCount == offsets[1] - offsets[0] else {
            throw wrong(
                "shape \(dimensions) of \(code) takes \(byteCount) bytes, data_offsets give \(offsets[1] - offsets[0])")
        }
        let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
        guard !overflow else { throw wrong("data_offsets \(offsets) lie beyond the file") }
        self.init(name: name, type: type, dimensions: dimensions, range: offsets[0] + dataStart..<end)
    }
}
