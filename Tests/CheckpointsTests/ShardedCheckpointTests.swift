import Checkpoints
import Foundation
import JSON
import Tensors
import Testing

@Suite struct ShardedCheckpointTests {
    private func makeShards(in folder: URL) throws {
        try Safetensors.write([("a", Tensor([1, 2], shape: [2]))], to: folder / "one.safetensors")
        try Safetensors.write([("b", Tensor(3)), ("c", Tensor(4))], to: folder / "two.safetensors")
    }

    private func open(_ map: [(key: String, value: JSONTree)], in folder: URL) throws -> ShardedCheckpoint {
        let index = folder / "model.safetensors.index.json"
        try JSONWriter().write(["metadata": ["total_size": 16], "weight_map": .object(map)], to: index)
        return try ShardedCheckpoint(index: index)
    }

    @Test func readsAcrossFiles() throws {
        try withFolder { folder in
            try makeShards(in: folder)
            let listed = [("c", "two.safetensors"), ("a", "one.safetensors"), ("b", "two.safetensors")]
            let sharded = try open(listed.map { ($0.0, .string($0.1)) }, in: folder)
            #expect(sharded.names == ["a", "b", "c"])
            #expect(sharded.shape(of: "a") == [2])
            #expect(try sharded.tensor(named: "c").scalar == 4)
            #expect(try Checkpoint.open(folder).tensor(named: "b").scalar == 3)
        }
    }

    @Test(arguments: [
        ("../one.safetensors", "../one.safetensors is not the name of a file in the index's folder"),
        ("/etc/passwd", "/etc/passwd is not the name of a file in the index's folder"),
        ("..", ".. is not the name of a file in the index's folder"),
        ("", " is not the name of a file in the index's folder"),
        ("link.safetensors", "link.safetensors links to a file outside of the index's folder"),
    ])
    func staysInItsFolder(name: String, problem: String) throws {
        try withFolder { parent in
            let folder = parent / "model"
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try makeShards(in: parent)
            try FileManager.default.createSymbolicLink(
                at: folder / "link.safetensors", withDestinationURL: parent / "one.safetensors")
            #expect(
                message(in: folder) { try open([("a", .string(name))], in: folder) }
                    == "model.safetensors.index.json, $.weight_map.a: \(problem)")
        }
    }

    @Test func followsLinksOfTheHubCache() throws {
        try withFolder { cache in
            let (blobs, snapshot) = (cache / "blobs", cache / "snapshots/0123")
            for folder in [blobs, snapshot] {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            }
            try makeShards(in: blobs)
            try FileManager.default.createSymbolicLink(
                atPath: (snapshot / "model-1.safetensors").path, withDestinationPath: "../../blobs/one.safetensors")
            let sharded = try open([("a", "model-1.safetensors")], in: snapshot)
            #expect(try sharded.tensor(named: "a").scalars == [1, 2])
        }
    }

    @Test func refusesWhatDoesNotAgree() throws {
        try withFolder { folder in
            try makeShards(in: folder)
            #expect(
                message(in: folder) { try open([("a", "two.safetensors")], in: folder) }
                    == "model.safetensors.index.json: tensor a: is not in two.safetensors, where it is listed")
            #expect(
                message(in: folder) { try open([("a", "none.safetensors")], in: folder) }
                    == "none.safetensors: No such file or directory")
            try Safetensors.write([("a", Tensor(1)), ("d", Tensor(1))], to: folder / "three.safetensors")
            #expect(
                message(in: folder) {
                    try open([("a", "one.safetensors"), ("d", "three.safetensors")], in: folder)
                } == "three.safetensors: tensor a: stands in one.safetensors too")
            #expect(
                message(in: folder) { try open([("a", 1)], in: folder) }
                    == "model.safetensors.index.json, $.weight_map.a: found the number 1, wanted a string")
        }
    }
}
