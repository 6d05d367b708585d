import Checkpoints
import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// Files of PyTorch against safetensors of the same tensors, and hostile ones, which are refused by name.
@Suite(.enabled(if: PyTorchFolder.isThere, "BLIP_ORACLE names no folder with PyTorch files"))
struct PyTorchFileTests {
    @Test(arguments: ["zoo", "half", "state_dict", "state_dict_proto4"])
    func tensorsEqualSafetensors(_ name: String) throws {
        let file = try PyTorchFile(contentsOf: PyTorchFolder.url("\(name).pth"))
        let twin = name == "state_dict_proto4" ? "state_dict" : name
        let expected = try SafetensorsFile(contentsOf: PyTorchFolder.url("\(twin).safetensors"))
        #expect(Set(file.names) == Set(expected.names))
        for tensor in expected.names { try compare(file, expected, tensor) }
    }

    private func compare(_ file: PyTorchFile, _ expected: SafetensorsFile, _ name: String) throws {
        #expect(file.shape(of: name) == expected.shape(of: name), "\(name)")
        #expect(file.type(of: name) == expected.type(of: name), "\(name)")
        guard [.float32, .float16, .bfloat16, .float64].contains(expected.type(of: name)) else {
            #expect(try file.indexTensor(named: name) == expected.indexTensor(named: name), "\(name)")
            return
        }
        let (own, other) = (try file.tensor(named: name), try expected.tensor(named: name))
        #expect(own.scalarType == other.scalarType)
        #expect(own.withBytes { left in other.withBytes { left.elementsEqual($0) } }, "\(name)")
    }

    @Test func valuesBesideTensorsAreRead() throws {
        let root = try #require(PyTorchFile(contentsOf: PyTorchFolder.url("zoo.pth")).root.dictionary)
        let expected = try JSONDocument(contentsOf: PyTorchFolder.url("zoo.json")).root
        for member in try expected.object {
            let value = try #require(root[member.key])
            #expect(plain(value) == JSONWriter().text(try member.value.tree), "\(member.key)")
        }
    }

    /// A value as JSON writes it.
    private func plain(_ value: PickleValue) -> String {
        switch value {
        case .none: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): "\(value)"
        case .bigInt(let digits): "\"\(digits)\""
        case .double(let value): JSONWriter().text(.number(value))
        case .string(let text): JSONWriter().text(.string(text))
        case .tuple(let tuple): "[" + tuple.elements.map(plain).joined(separator: ",") + "]"
        case .list(let list): "[" + list.elements.map(plain).joined(separator: ",") + "]"
        case .dictionary(let dictionary):
            "{" + dictionary.members.map { plain($0.key) + ":" + plain($0.value) }.joined(separator: ",") + "}"
        default: "?"
        }
    }

    @Test func checkpointsOfTrainingGiveTheirModel() throws {
        let file = try PyTorchFile(contentsOf: PyTorchFolder.url("lavis_checkpoint.pth"))
        let expected = try SafetensorsFile(contentsOf: PyTorchFolder.url("lavis_checkpoint.safetensors"))
        let names = expected.names.filter { $0.hasPrefix("model.") }.map { String($0.dropFirst("model.".count)) }
        #expect(Set(file.names) == Set(names))
        for name in names where expected.type(of: "model." + name) == .float32 {
            #expect(try file.tensor(named: name).scalars == expected.tensor(named: "model." + name).scalars)
        }
    }

    @Test(arguments: [
        ("evil.pth", "posix.system"), ("legacy_nonzip.pth", "before 1.6"), ("deflated.pth", "is compressed"),
        ("truncated.pth", "truncated.pth"),
    ])
    func hostileFilesAreRefusedByName(_ name: String, _ wanted: String) throws {
        let error = #expect(throws: (any Error).self) { try PyTorchFile(contentsOf: PyTorchFolder.url(name)) }
        #expect("\(try #require(error))".contains(wanted), "\(String(describing: error))")
    }
}

/// The reference's files.
enum PyTorchFolder {
    static var isThere: Bool { OracleFolder.isNamed && FileManager.default.fileExists(atPath: url("").path) }
    static func url(_ name: String) -> URL { URL(fileURLWithPath: OracleFolder.path).appending(path: "pth/\(name)") }
}
