import Foundation
import JSON
import Tensors

/// Writes a safetensors file one tensor at a time, in the order announced, so that a checkpoint larger than memory can
/// pass through. The file appears under its name when all of it is on disk.
public final class SafetensorsWriter {
    /// A tensor to come.
    public struct Entry: Sendable, Hashable {
        /// The tensor's name.
        public var name: String
        /// The type of its elements.
        public var type: StoredType
        /// The extents of its axes.
        public var shape: Shape

        /// Announces a tensor.
        public init(_ name: String, _ type: StoredType, _ shape: Shape) {
            self.name = name
            self.type = type
            self.shape = shape
        }
    }

    private let file: FileReplacement
    private let entries: [Entry]
    private var position = 0

    /// Starts a file; names must differ from each other and from `__metadata__`.
    ///
    /// - Throws: `FileError` if the file cannot be written.
    public init(to url: URL, entries: [Entry], metadata: [String: String] = [:]) throws {
        let names = Set(entries.map { Array($0.name.utf8) })
        precondition(
            names.count == entries.count && !names.contains(Array("__metadata__".utf8)),
            "two tensors of a checkpoint have the same name, or one is called __metadata__")
        self.entries = entries
        file = try FileReplacement(of: url)
        try file.append(Self.head(entries, metadata))
    }

    private static func head(_ entries: [Entry], _ metadata: [String: String]) -> [UInt8] {
        var members: [(key: String, value: JSONTree)] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONTree.string($0.value)) }
            members.append(("__metadata__", .object(pairs)))
        }
        var offset = 0
        for entry in entries {
            let end = offset + entry.byteCount
            members.append(
                (
                    entry.name,
                    [
                        "dtype": .string(entry.type.rawValue),
                        "shape": .array(entry.shape.dimensions.map(JSONTree.integer)),
                        "data_offsets": [.integer(offset), .integer(end)],
                    ]
                ))
            offset = end
        }
        var json = JSONWriter().bytes(.object(members))
        // Padded so that the data is aligned, as the reference writer does.
        json += repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
    }

    /// Writes the next tensor, which must have the type and shape announced.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    public func append(_ tensor: Tensor) throws {
        let entry = next(StoredType(tensor.scalarType), tensor.shape)
        try tensor.withBytes { try append($0, of: entry) }
    }

    /// Writes the next tensor, of whole numbers; I32 and I64 may have been announced.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    public func append(_ indices: IndexTensor) throws {
        let isWide = position < entries.count && entries[position].type == .int64
        let entry = next(isWide ? .int64 : .int32, indices.shape)
        if isWide {
            try indices.scalars.map(Int64.init).withUnsafeBytes { try append($0, of: entry) }
        } else {
            try indices.scalars.withUnsafeBytes { try append($0, of: entry) }
        }
    }

    /// Writes the next tensor from its bytes, as many as its type and shape take.
    ///
    /// - Throws: `FileError`, for instance when the disk is full.
    public func append(bytes: UnsafeRawBufferPointer) throws {
        precondition(position < entries.count, "more tensors are written than were announced")
        position += 1
        try append(bytes, of: entries[position - 1])
    }

    /// Brings the file to disk under its name, once every tensor is written.
    ///
    /// - Throws: `FileError`; the file that stood there before is then untouched.
    public func finish() throws {
        precondition(position == entries.count, "\(position) of \(entries.count) announced tensors were written")
        try file.commit()
    }

    private func next(_ type: StoredType, _ shape: Shape) -> Entry {
        precondition(position < entries.count, "more tensors are written than were announced")
        let entry = entries[position]
        precondition(
            entry.type == type && entry.shape == shape,
            "\(entry.name) was announced as \(entry.type.rawValue) \(entry.shape), not \(type.rawValue) \(shape)")
        position += 1
        return entry
    }

    private func append(_ bytes: UnsafeRawBufferPointer, of entry: Entry) throws {
        precondition(bytes.count == entry.byteCount, "\(entry.name) takes \(entry.byteCount) bytes, not \(bytes.count)")
        try file.append(contentsOf: bytes)
    }
}

extension SafetensorsWriter.Entry {
    /// Bytes that the tensor takes.
    public var byteCount: Int {
        guard let count = type.byteCount(of: shape.dimensions) else {
            preconditionFailure("\(name) of \(type.rawValue) \(shape) is no whole number of bytes")
        }
        return count
    }
}
