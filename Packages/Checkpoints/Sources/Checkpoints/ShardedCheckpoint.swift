import Foundation
import JSON
import Tensors

/// A checkpoint in several files, listed by a `*.index.json` beside them.
public final class ShardedCheckpoint: StoredCheckpoint {
    /// The index's path.
    public let origin: String
    /// The files, in the order of their names.
    public let shards: [any StoredCheckpoint]
    private let places: [String: Int]

    /// Opens the index and every file it lists.
    ///
    /// - Throws: `CheckpointError` or `JSONError`: a file outside of the index's folder, a listed tensor that is
    ///   missing, a tensor that stands in two files, or what is wrong with one of them.
    public init(index url: URL) throws {
        origin = url.path
        let list = try JSONDocument(contentsOf: url, limits: JSONLimits(bytes: SafetensorsHeader.lengthLimit))
        let folder = url.deletingLastPathComponent()
        var files: [String: any StoredCheckpoint] = [:]
        let listed = try list.root["weight_map"].object.map { (name: $0.key, value: $0.value) }
        for (_, value) in listed where files[try value.string] == nil {
            let name = try value.string
            files[name] = try Checkpoint.file(Self.shard(name, in: folder, at: value))
        }
        shards = files.sorted { $0.key < $1.key }.map(\.value)
        places = try Self.places(of: shards)
        for (name, value) in listed where files[try value.string]?.shape(of: name) == nil {
            throw CheckpointError(file: origin, key: name, problem: "is not in \(try value.string), where it is listed")
        }
    }

    /// The URL of a listed file, which must be a plain name in the index's folder. A link may lead elsewhere only within
    /// the Hugging Face cache, whose `snapshots` link to its `blobs`.
    private static func shard(_ name: String, in folder: URL, at value: JSONValue) throws -> URL {
        guard !name.isEmpty, name != "..", name != ".", !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0)
        else { throw value.error("\(name) is not the name of a file in the index's folder") }
        let file = folder.appendingPathComponent(name)
        let target = file.resolvingSymlinksInPath().deletingLastPathComponent().path
        let home = folder.resolvingSymlinksInPath()
        let blobs = home.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("blobs").path
        guard target == home.path || target == blobs else {
            throw value.error("\(name) links to a file outside of the index's folder")
        }
        return file
    }

    private static func places(of shards: [any StoredCheckpoint]) throws -> [String: Int] {
        var result: [String: Int] = [:]
        for (place, shard) in shards.enumerated() {
            for name in shard.names {
                if let other = result.updateValue(place, forKey: name) {
                    throw CheckpointError(
                        file: shard.origin, key: name, problem: "stands in \(shards[other].origin) too")
                }
            }
        }
        return result
    }

    /// The names of all tensors, file by file.
    public var names: [String] { shards.flatMap(\.names) }

    /// The extents of a tensor; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { places[name].flatMap { shards[$0].shape(of: name) } }

    /// The stored element type of a tensor; nil if there is none of this name.
    public func type(of name: String) -> StoredType? { places[name].flatMap { shards[$0].type(of: name) } }

    /// A tensor, from the file that holds it.
    ///
    /// - Throws: `CheckpointError`, as the file's own.
    public func tensor(named name: String) throws -> Tensor { try shard(of: name).tensor(named: name) }

    /// A tensor of whole numbers, from the file that holds it.
    ///
    /// - Throws: `CheckpointError`, as the file's own.
    public func indexTensor(named name: String) throws -> IndexTensor { try shard(of: name).indexTensor(named: name) }

    /// The numbers of a tensor of I8, in the file that holds it.
    ///
    /// - Throws: `CheckpointError`, as the file's own.
    public func levels(named name: String) throws -> Int8Weights.Levels { try shard(of: name).levels(named: name) }

    private func shard(of name: String) throws -> any StoredCheckpoint {
        guard let place = places[name] else {
            throw CheckpointError(file: origin, key: name, problem: "there is no such tensor")
        }
        return shards[place]
    }
}
