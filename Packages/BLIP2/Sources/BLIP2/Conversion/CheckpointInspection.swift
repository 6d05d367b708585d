import Checkpoints
import Foundation
import JSON
import Tensors

/// What a checkpoint is: its format, its kind, its tensors, and what is needed beside it.
public struct CheckpointInspection: Sendable {
    /// One tensor.
    public struct Entry: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its extents.
        public let shape: Shape
        /// The type of its elements.
        public let type: StoredType
    }

    /// The file, the index or the folder.
    public let origin: String
    /// What it is; nil if it is no model that is known.
    public let kind: CheckpointKind?
    /// All tensors, in the order of the checkpoint.
    public let entries: [Entry]

    /// Looks at a file or a folder. No tensor is read.
    ///
    /// - Throws: `CheckpointError` or `JSONError` that names what is wrong.
    public init(_ url: URL) throws {
        let checkpoint = try Checkpoint.open(url)
        origin = checkpoint.origin
        kind = CheckpointKind(names: checkpoint.names)
        entries = checkpoint.names.map {
            Entry(name: $0, shape: checkpoint.shape(of: $0) ?? [], type: checkpoint.type(of: $0) ?? .uint8)
        }
    }

    /// Elements of all tensors.
    public var elementCount: Int { entries.reduce(0) { $0 + $1.shape.count } }

    /// Bytes of all tensors.
    public var byteCount: Int { entries.reduce(0) { $0 + $1.shape.count * $1.type.bitCount / 8 } }

    /// What is needed beside it to make a model.
    public var needs: [String] { kind?.needs(names: entries.map(\.name)) ?? [] }

    /// How many tensors there are of each type, the most frequent first.
    public var types: [(type: StoredType, count: Int)] {
        Dictionary(grouping: entries, by: \.type).map { ($0.key, $0.value.count) }
            .sorted { ($1.count, $0.type.rawValue) < ($0.count, $1.type.rawValue) }
    }

    /// Tensors and bytes by the first part of their names, in the order of the checkpoint.
    public var parts: [(name: String, count: Int, bytes: Int)] {
        var parts: [(name: String, count: Int, bytes: Int)] = []
        for entry in entries {
            let name = String(entry.name.prefix { $0 != "." })
            let bytes = entry.shape.count * entry.type.bitCount / 8
            if let place = parts.firstIndex(where: { $0.name == name }) {
                parts[place].count += 1
                parts[place].bytes += bytes
            } else {
                parts.append((name, 1, bytes))
            }
        }
        return parts
    }

    /// A few lines for a reader.
    public var lines: [String] {
        let types = types.map { "\($0.count) \($0.type.rawValue)" }.joined(separator: ", ")
        return [
            "\(origin): \(kind?.description ?? "no model that is known")",
            "\(entries.count) tensors (\(types)), \(elementCount) elements, \(byteCount) bytes",
        ] + parts.map { "  \($0.name): \($0.count) tensors, \($0.bytes) bytes" } + needs.map { "needs \($0)" }
    }

    /// The same, and every tensor, for a machine.
    public var tree: JSONTree {
        [
            "checkpoint": .string(origin), "kind": kind.map { .string($0.rawValue) } ?? .null,
            "elements": .integer(elementCount), "bytes": .integer(byteCount),
            "needs": .array(needs.map { .string($0) }),
            "tensors": .array(
                entries.map {
                    [
                        "name": .string($0.name), "dtype": .string($0.type.rawValue),
                        "shape": .array($0.shape.dimensions.map { .integer($0) }),
                    ]
                }),
        ]
    }
}
