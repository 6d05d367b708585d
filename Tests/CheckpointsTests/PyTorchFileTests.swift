import Checkpoints
import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// Files of PyTorch against safetensors of the same tensors, and hostile ones, which are refused by name.
@Suite(.enabled(if: PyTorchFolder.isThere, "BLIP_ORACLE names no folder with PyTorch files"))
struct PyTorchFileTests {
    /// Files with a twin in safetensors, of the same name or of one without `_proto4`; all others are refused.
    @Test func tensorsEqualSafetensors() throws {
        var comparison = Comparison("PyTorch files")
        for name in try OracleFolder().names(in: "pth") where name.hasSuffix(".pth") {
            let stem = name.dropLast(".pth".count).replacing(/_proto[0-9]$/, with: "")
            let twin = PyTorchFolder.url("\(stem).safetensors")
            guard FileManager.default.fileExists(atPath: twin.path) else {
                let error = #expect(throws: (any Error).self) { try PyTorchFile(contentsOf: PyTorchFolder.url(name)) }
                comparison.check("\(try #require(error))".contains(name), "\(name): \(String(describing: error))")
                continue
            }
            let file = try PyTorchFile(contentsOf: PyTorchFolder.url(name))
            let expected = try SafetensorsFile(contentsOf: twin)
            // Of a checkpoint of training the file gives the model, and the twin all.
            let isWhole = Set(file.names).isSubset(of: expected.names)
            let names = isWhole ? expected.names : expected.names.filter { $0.hasPrefix("model.") }
            let prefix = isWhole ? "" : "model."
            comparison.check(Set(file.names.map { prefix + $0 }) == Set(names), "\(name): \(file.names)")
            for key in names { try compare(file, String(key.dropFirst(prefix.count)), expected, key, &comparison) }
        }
        comparison.close("tensors and files")
    }

    private func compare(
        _ file: PyTorchFile, _ name: String, _ expected: SafetensorsFile, _ key: String, _ comparison: inout Comparison
    ) throws {
        let type = expected.type(of: key)
        comparison.check(file.shape(of: name) == expected.shape(of: key), "\(key): \(String(describing: type))")
        comparison.check(file.type(of: name) == type, "\(key)")
        guard [.float32, .float16, .bfloat16, .float64].contains(type) else {
            return comparison.check(
                try file.indexTensor(named: name) == expected.indexTensor(named: key), "\(key)")
        }
        let (own, other) = (try file.tensor(named: name), try expected.tensor(named: key))
        let isEqual = own.withBytes { left in other.withBytes { left.elementsEqual($0) } }
        comparison.check(own.scalarType == other.scalarType && isEqual, "\(key)")
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
