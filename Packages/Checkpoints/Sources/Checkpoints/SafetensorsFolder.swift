import Foundation
import JSON
import Tensors

/// Writes a checkpoint to a folder as transformers does: `model.safetensors`, or where it is larger than a file should be,
/// `model-00001-of-00002.safetensors` and so on with their index. One tensor at a time passes through memory.
public struct SafetensorsFolder {
    /// The most bytes of a file, unless a tensor alone has more.
    public var shardLimit: Int

    /// A writer of files of at most so many bytes; 5 GB as of transformers unless given.
    public init(shardLimit: Int = 5_000_000_000) {
        precondition(shardLimit > 0, "files of \(shardLimit) bytes")
        self.shardLimit = shardLimit
    }

    /// Writes tensors in the order and the types announced.
    ///
    /// - Parameters:
    ///   - entries: names, types and shapes of all tensors
    ///   - folder: must exist
    ///   - tensor: reads a tensor of the entries; it is stored in the type announced
    /// - Throws: `FileError` for what cannot be written, and what `tensor` throws.
    public func write(
        _ entries: [SafetensorsWriter.Entry], to folder: URL, tensor: (SafetensorsWriter.Entry) throws -> Tensor
    ) throws {
        try write(entries, to: folder) { entry, writer in
            guard let type = entry.type.scalarType else {
                preconditionFailure("\(entry.name) is announced as \(entry.type.rawValue), which no tensor has")
            }
            let tensor = try tensor(entry)
            try writer.append(tensor.stored(as: type))
            tensor.releaseMemory()
        }
    }

    /// The same with tensors of any type.
    ///
    /// - Parameters:
    ///   - entries: names, types and shapes of all tensors
    ///   - folder: must exist
    ///   - append: gives the writer the tensor of an entry, in the type announced
    /// - Throws: `FileError` for what cannot be written, and what `append` throws.
    public func write(
        _ entries: [SafetensorsWriter.Entry], to folder: URL,
        append: (SafetensorsWriter.Entry, SafetensorsWriter) throws -> Void
    ) throws {
        let shards = self.shards(entries)
        var places: [(key: String, value: JSONTree)] = []
        for (number, shard) in shards.enumerated() {
            let name = Self.name(number, of: shards.count)
            let writer = try SafetensorsWriter(
                to: folder.appendingPathComponent(name), entries: shard, metadata: ["format": "pt"])
            for entry in shard {
                try append(entry, writer)
                places.append((entry.name, .string(name)))
            }
            try writer.finish()
        }
        guard shards.count > 1 else { return }
        let index: JSONTree = [
            "metadata": ["total_size": .integer(entries.reduce(0) { $0 + $1.byteCount })],
            "weight_map": .object(places.sorted { $0.key < $1.key }),
        ]
        try FileReplacement.write(
            JSONWriter(indentation: 2).bytes(index), to: folder.appendingPathComponent("model.safetensors.index.json"))
    }

    /// How many files there will be.
    public func fileCount(_ entries: [SafetensorsWriter.Entry]) -> Int { shards(entries).count }

    private func shards(_ entries: [SafetensorsWriter.Entry]) -> [[SafetensorsWriter.Entry]] {
        var shards: [[SafetensorsWriter.Entry]] = [[]]
        var size = 0
        for entry in entries {
            if size > 0, size + entry.byteCount > shardLimit {
                shards.append([])
                size = 0
            }
            shards[shards.count - 1].append(entry)
            size += entry.byteCount
        }
        return shards
    }

    private static func name(_ number: Int, of count: Int) -> String {
        func digits(_ number: Int) -> String {
            String(repeating: "0", count: max(5 - "\(number)".count, 0)) + "\(number)"
        }
        return count == 1 ? "model.safetensors" : "model-\(digits(number + 1))-of-\(digits(count)).safetensors"
    }
}
