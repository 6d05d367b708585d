import Checkpoints
import Foundation
import JSON
import PyTorchWriting
import Tensors
import Testing

/// Files as `torch.save` writes them, against PyTorch itself by two committed files (Tools/oracles/pytorch_files.py).
@Suite struct PyTorchWritingTests {
    /// What both files of Fixtures hold.
    private static let pictured: [NamedTensor] = [
        NamedTensor("float", .float32, [2, 3]), NamedTensor("half", .float16, [6]),
        NamedTensor("brain", .bfloat16, [3, 2]), NamedTensor("scalar", .float32, []),
        NamedTensor("half.scalar", .float16, []), NamedTensor("none", .float32, [0]),
        NamedTensor("no.rows", .bfloat16, [0, 3]), NamedTensor("no.columns", .float16, [3, 0]),
        NamedTensor("nothing.between", .float32, [2, 0, 3]), NamedTensor("größe.重み", .float32, [1, 1, 6, 1]),
        NamedTensor(String(repeating: "layer.", count: 50) + "weight", .bfloat16, [6]),
    ]

    @Test(arguments: [nil, "model", "state_dict"]) func readsBackWhatItWrites(_ section: String?) throws {
        // Storages of one, two and three digits; names that need each byte of their length; numbers that are none.
        var tensors = Self.pictured
        for number in 0..<120 {
            tensors.append(NamedTensor("blocks.\(number)", ScalarType.allCases[number % 3], [number % 5, 7]))
        }
        tensors.append(NamedTensor(String(repeating: "x", count: 70_000), .float16, [3, 2]))
        tensors.append(NamedTensor("undefined", Tensor([.nan, -.infinity, .signalingNaN], shape: [3, 1])))
        try withFolder { folder in
            try write(tensors, section: section, to: folder / "a.pth")
            let file = try PyTorchFile(contentsOf: folder / "a.pth")
            #expect(file.names == tensors.map(\.entry.name))
            #expect(file.root.dictionary?["epoch"].flatMap(number) == (section == nil ? nil : 9))
            #expect((section.map { file.root.dictionary?[$0] != nil } ?? true))
            for tensor in tensors { try expectEqual(file, tensor) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.pth"])
        }
    }

    @Test func storagesLieOnMultiplesOf64Bytes() throws {
        try withFolder { folder in
            let tensors = (0..<130).map { NamedTensor("\($0)", Tensor([Float($0) + 0.5], shape: [1])) }
            try write(tensors, section: nil, to: folder / "a.pth")
            let bytes = try [UInt8](Data(contentsOf: folder / "a.pth"))
            for number in 0..<130 {
                let wanted = withUnsafeBytes(of: (Float(number) + 0.5).bitPattern.littleEndian) { Array($0) }
                let found = stride(from: 0, to: bytes.count - 3, by: 64).contains { bytes[$0..<$0 + 4] == wanted[...] }
                #expect(found, "\(number)")
            }
        }
    }

    /// `torch.load(weights_only=True)` read written.pth. When what is written changes on purpose, the new file is what
    /// `swift test --attachments-path` leaves; the script then says whether PyTorch reads it.
    @Test func writesWhatPyTorchReads() throws {
        try withFolder { folder in
            try write(Self.pictured, section: "model", to: folder / "written.pth")
            let written = try Data(contentsOf: folder / "written.pth")
            guard try written != Data(contentsOf: fixture("written")) else { return }
            Attachment.record([UInt8](written), named: "written.pth")
            Issue.record("another file is written than Fixtures/written.pth, which PyTorch is known to read")
        }
    }

    @Test func readsWhatPyTorchWrites() throws {
        let file = try PyTorchFile(contentsOf: fixture("saved"))
        #expect(file.names == Self.pictured.map(\.entry.name))
        #expect(file.root.dictionary?["epoch"].flatMap(number) == 9)
        for tensor in Self.pictured { try expectEqual(file, tensor) }
    }

    @Test func whatCannotBeWrittenLeavesNothing() throws {
        try withFolder { folder in
            let many = (0...65_535).map { SafetensorsWriter.Entry("\($0)", .float32, [0]) }
            let text = message(in: folder) {
                try PyTorchWriter.write(many, to: folder / "a.pth") { _ in Tensor(zeros: [0]) }
            }
            #expect(text == "a.pth: would exceed 4 GB or 65535 tensors, for which zip needs another form")
            let unwritable = message(in: folder) {
                try write(Self.pictured, section: nil, to: folder / "none/a.pth")
            }
            #expect(unwritable.hasPrefix("none/a.pth: "))
            let entry = Self.pictured[0].entry
            #expect(throws: CancellationError.self) {
                try PyTorchWriter.write([entry], to: folder / "a.pth") { _ in throw CancellationError() }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty)
        }
    }

    private func write(_ tensors: [NamedTensor], section: String?, to url: URL) throws {
        let values = Dictionary(uniqueKeysWithValues: tensors.map { ($0.entry.name, $0.tensor) })
        try PyTorchWriter.write(tensors.map(\.entry), section: section, to: url) { try #require(values[$0.name]) }
    }

    private func expectEqual(_ file: PyTorchFile, _ wanted: NamedTensor) throws {
        let name = wanted.entry.name
        let tensor = try file.tensor(named: name)
        #expect(file.shape(of: name) == wanted.entry.shape && tensor.shape == wanted.entry.shape, "\(name)")
        #expect(file.type(of: name) == wanted.entry.type && tensor.scalarType == wanted.tensor.scalarType, "\(name)")
        #expect(tensor.withBytes { own in wanted.tensor.withBytes { own.elementsEqual($0) } }, "\(name)")
    }

    private func number(_ value: PickleValue) -> Int? { if case .int(let number) = value { number } else { nil } }

    private func fixture(_ name: String) throws -> URL {
        try #require(Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: "pth"))
    }
}

/// A tensor and how it is announced.
private struct NamedTensor {
    let entry: SafetensorsWriter.Entry
    let tensor: Tensor

    init(_ name: String, _ tensor: Tensor) {
        entry = SafetensorsWriter.Entry(name, StoredType(tensor.scalarType), tensor.shape)
        self.tensor = tensor
    }

    /// The first elements of a few numbers, among them one that no float16 holds and one that only float32 does.
    init(_ name: String, _ type: ScalarType, _ shape: Shape) {
        let numbers: [Float] = [1, -2.5, 3e-38, .infinity, -0.0, 65_504]
        let scalars = (0..<shape.count).map { numbers[$0 % numbers.count] }
        self.init(name, Tensor(scalars, shape: shape).stored(as: type))
    }
}
