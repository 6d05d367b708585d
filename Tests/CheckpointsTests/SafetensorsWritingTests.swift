import Checkpoints
import Foundation
import JSON
import Tensors
import Testing

@Suite struct SafetensorsWritingTests {
    private let values: [Float] = [1, -2.5, 3e-38, .infinity, -0.0, 65504]

    @Test func readsBackWhatItWrites() throws {
        try withFolder { folder in
            let dense = Tensor(values, shape: [2, 3])
            let tensors: [(name: String, tensor: Tensor)] = [
                ("half", dense.stored(as: .float16)), ("dense", dense), ("brain", dense.stored(as: .bfloat16)),
                ("scalar", Tensor(7)), ("none", Tensor(zeros: [0, 4])),
            ]
            let ids = IndexTensor([1, -1, 50118], shape: [3])
            let file = folder / "a.safetensors"
            try Safetensors.write(tensors, indices: [("ids", ids)], metadata: ["b": "2", "a": "1\n"], to: file)
            let read = try SafetensorsFile(contentsOf: file)
            #expect(read.metadata == ["a": "1\n", "b": "2"])
            #expect(try read.indexTensor(named: "ids") == ids)
            for (name, tensor) in tensors {
                let again = try read.tensor(named: name)
                #expect(again.shape == tensor.shape && again.scalarType == tensor.scalarType)
                #expect(again.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
            }
            for entry in read.entries { #expect(entry.range.lowerBound % (entry.type.bitCount / 8) == 0) }
            let bytes = try Data(contentsOf: file)
            try Safetensors.write(tensors, indices: [("ids", ids)], metadata: ["a": "1\n", "b": "2"], to: file)
            #expect(try Data(contentsOf: file) == bytes)
        }
    }

    /// A file written by the reference implementation, and ours byte for byte where the order of tensors is the same.
    @Test func agreesWithTheReferenceWriter() throws {
        let fixture = try #require(Bundle.module.url(forResource: "Fixtures/reference", withExtension: "safetensors"))
        let reference = try SafetensorsFile(contentsOf: fixture)
        #expect(reference.names == ["alpha", "beta", "gamma"])
        #expect(try reference.tensor(named: "alpha").scalars == [0.5, -1, 2, 3, 4, 5])
        #expect(try reference.tensor(named: "beta").scalars == [1, 2])
        #expect(try reference.indexTensor(named: "gamma") == IndexTensor([1, 0, 1], shape: [3, 1]))
        try withFolder { folder in
            let writer = try SafetensorsWriter(
                to: folder / "a.safetensors",
                entries: [
                    .init("alpha", .float32, [2, 3]), .init("beta", .float16, [2]), .init("gamma", .uint8, [3, 1]),
                ],
                metadata: ["format": "pt"])
            try writer.append(Tensor([0.5, -1, 2, 3, 4, 5], shape: [2, 3]))
            try writer.append(Tensor([1, 2], shape: [2]).stored(as: .float16))
            try [UInt8]([1, 0, 1]).withUnsafeBytes { try writer.append(bytes: $0) }
            try writer.finish()
            #expect(try Data(contentsOf: folder / "a.safetensors") == Data(contentsOf: fixture))
        }
    }

    @Test func writesWideIndices() throws {
        try withFolder { folder in
            let ids = IndexTensor([3, -4], shape: [2])
            let writer = try SafetensorsWriter(to: folder / "a.safetensors", entries: [.init("ids", .int64, [2])])
            try writer.append(ids)
            try writer.finish()
            let file = try SafetensorsFile(contentsOf: folder / "a.safetensors")
            #expect(file.type(of: "ids") == .int64)
            #expect(try file.indexTensor(named: "ids") == ids)
        }
    }

    @Test func leavesTheOldFileWhenItCannotWrite() throws {
        try withFolder { folder in
            let file = folder / "a.safetensors"
            try Data("old".utf8).write(to: file)
            do {
                let writer = try SafetensorsWriter(to: file, entries: [.init("a", .float32, [1 << 20])])
                try writer.append(Tensor(zeros: [1 << 20]))
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == "old")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.safetensors"])
            let absent = folder / "absent/a.safetensors"
            #expect(
                message(in: folder) { try Safetensors.write([], to: absent) }
                    == "absent/a.safetensors: cannot be written: there is no folder absent")
        }
    }
}
