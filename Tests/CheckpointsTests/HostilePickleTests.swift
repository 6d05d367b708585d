import Checkpoints
import Foundation
import TestSupport
import Testing

/// Pickles that want more than to describe tensors are refused by name, and at once.
@Suite struct HostilePickleTests {
    private typealias P = TestPickle

    /// The error that opening an archive gives.
    private func refusal(_ archive: [UInt8]) throws -> String {
        let folder = try TemporaryFolder()
        return message(in: folder.url) { try PyTorchFile(contentsOf: folder.write(archive, "evil.pth")) }
    }

    /// The error of a pickle, beside a storage `0` of 16 bytes.
    private func refusal(ofPickle pickle: [UInt8]) throws -> String {
        try refusal(TestArchive.checkpoint(pickle, storages: [("0", [UInt8](repeating: 0, count: 16))]))
    }

    private func refusal(of body: [UInt8], tensor: Bool = false) throws -> String {
        try refusal(ofPickle: (P() + (tensor ? P.dictionary(("w", body)) : body)).ended)
    }

    @Test func aFittingFileOpens() throws {
        let folder = try TemporaryFolder()
        let tensor = P.tensor(P.storage("0", count: 4), [2, 2], strides: [2, 1])
        let floats: [Float] = [1, -2, 3, 4]
        let archive = TestArchive.checkpoint(
            (P() + P.dictionary(("w", tensor))).ended, storages: [("0", floats.withUnsafeBytes { Array($0) })])
        let file = try PyTorchFile(contentsOf: folder.write(archive, "model.pth"))
        #expect(file.names == ["w"])
        #expect(try file.tensor(named: "w").scalars == floats)
    }

    @Test(arguments: [
        ("os", "system"), ("posix", "system"), ("nt", "system"), ("subprocess", "Popen"), ("builtins", "eval"),
        ("builtins", "exec"), ("builtins", "getattr"), ("__builtin__", "eval"), ("__builtin__", "getattr"),
        ("torch", "load"), ("torch.hub", "load"), ("operator", "attrgetter"), ("collections", "OrderedDict.fromkeys"),
        ("numpy.core.multiarray", "_reconstruct"), ("torch._utils", "_rebuild_tensor_v2.__globals__"), ("", ""),
    ])
    func namesBeyondTheTableAreRefused(_ module: String, _ name: String) throws {
        let call = P.tuple(P.text("true")) + [0x52]
        let wanted = "asks for \(module).\(name), which no checkpoint needs; nothing was executed"
        #expect(try refusal(of: P.global(module, name) + call).contains(wanted))
        // The same by STACK_GLOBAL, and deep inside of a tensor's arguments.
        #expect(try refusal(of: P.text(module) + P.text(name) + [0x93] + call).contains(wanted))
        let nested = P.tensor(P.storage("0", count: 4) + P.global(module, name) + call, [4], strides: [1])
        #expect(try refusal(of: nested, tensor: true).contains(wanted))
    }

    @Test func setsAndCountersAreValues() throws {
        let folder = try TemporaryFolder()
        let tensor = P.tensor(P.storage("0", count: 4), [4], strides: [1])
        let list = [0x5D, 0x28] + P.number(1) + P.number(2) + [0x65]  // EMPTY_LIST, MARK, items, APPENDS
        let members = P.dictionary(
            ("w", tensor), ("old", P.global("__builtin__", "set") + P.tuple(list) + [0x52]),
            ("new", P.global("builtins", "set") + P.tuple(list) + [0x52]),
            ("counts", P.global("collections", "Counter") + P.tuple(P.dictionary(("a", P.number(3)))) + [0x52]))
        let archive = TestArchive.checkpoint(
            (P() + members).ended, storages: [("0", [UInt8](repeating: 0, count: 16))])
        let root = try #require(PyTorchFile(contentsOf: folder.write(archive, "model.pth")).root.dictionary)
        for key in ["old", "new"] {
            guard case .set(let set) = root[key], case .int(1) = set.elements[0], case .int(2) = set.elements[1] else {
                Issue.record("\(key) is \(String(describing: root[key]))")
                continue
            }
        }
        guard case .int(3) = root["counts"]?.dictionary?["a"] else {
            Issue.record("the counts are \(String(describing: root["counts"]))")
            return
        }
        #expect(
            try refusal(of: P.global("builtins", "set") + P.tuple(P.number(1)) + [0x52]).contains("calls builtins.set"))
    }

    @Test(arguments: ["neg", "conj"])
    func tensorsThatStandForOtherNumbersAreRefused(_ mark: String) throws {
        func tensor(_ flag: UInt8) -> [UInt8] {
            P.global("torch._utils", "_rebuild_tensor_v2")
                + P.tuple(
                    P.storage("0", count: 4), P.number(0), P.tuple(P.number(4)), P.tuple(P.number(1)), [0x89],
                    P.global("collections", "OrderedDict") + [0x29, 0x52], P.dictionary((mark, [flag]))) + [0x52]
        }
        #expect(try refusal(of: tensor(0x88), tensor: true).contains("marked \"\(mark)\""))
        #expect(try refusal(of: tensor(0x89), tensor: true) == "no error")
    }

    @Test(arguments: [
        ("INST", [0x28, 0x69] + Array("os\nsystem\n".utf8)), ("OBJ", [0x28, 0x6F]), ("NEWOBJ", [0x29, 0x81]),
        ("NEWOBJ_EX", [0x92]), ("EXT1", [0x82, 1]), ("PERSID", Array("Pkey\n".utf8)), ("NEXT_BUFFER", [0x97]),
        ("INT", Array("I1\n".utf8)), ("DICT", [0x28, 0x64]),
    ])
    func opcodesBeyondTheTableAreRefused(_ name: String, _ bytes: [UInt8]) throws {
        #expect(try refusal(of: bytes).contains("has the opcode"), "\(name)")
    }

    @Test func storagesMustBeWhatTheArchiveHolds() throws {
        let tensor = P.tensor(P.storage("0", count: 5), [5], strides: [1])
        #expect(
            try refusal(of: tensor, tensor: true).contains("storage 0 has 16 bytes, but its pickle says 5 elements"))
        let fewer = P.tensor(P.storage("0", count: 3), [3], strides: [1])
        #expect(try refusal(of: fewer, tensor: true).contains("storage 0 has 16 bytes, but its pickle says 3 elements"))
        let wide = P.tensor(P.storage("0", "DoubleStorage", count: 4), [4], strides: [1])
        #expect(try refusal(of: wide, tensor: true).contains("storage 0 has 16 bytes"))
        let huge = P.tensor(P.storage("0", count: Int.max), [1], strides: [1])
        #expect(try refusal(of: huge, tensor: true).contains("storage 0 has 16 bytes"))
        let absent = P.tensor(P.storage("7", count: 4), [4], strides: [1])
        #expect(try refusal(of: absent, tensor: true).contains("has no entry model/data/7"))
        let outside = P.tensor(P.storage("../data.pkl", count: 4), [4], strides: [1])
        #expect(try refusal(of: outside, tensor: true).contains("a storage by the key \"../data.pkl\""))
    }

    @Test func oneStorageIsOneThing() throws {
        let two = P.dictionary(
            ("a", P.tensor(P.storage("0", count: 4), [4], strides: [1])),
            ("b", P.tensor(P.storage("0", "HalfStorage", count: 8), [8], strides: [1])))
        #expect(try refusal(of: two).contains("calls storage 0"))
        var archive = TestArchive()
        let pair = P.dictionary(
            ("a", P.tensor(P.storage("0", count: 4), [4], strides: [1])),
            ("b", P.tensor(P.storage("1", count: 4), [4], strides: [1])))
        archive.add("model/data.pkl", (P() + pair).ended)
        archive.add("model/data/0", [UInt8](repeating: 0, count: 16), alias: "model/data/1")
        #expect(try refusal(archive.ended).contains("storages 0 and 1 overlap"))
    }

    @Test(arguments: [
        (0, [5], [1], "reaches element 4 of 4"), (1, [4], [1], "reaches element 4 of 4"),
        (0, [2, 2], [3, 2], "reaches element 5 of 4"), (4, [1], [1], "reaches element 4 of 4"),
        (-1, [2], [1], "has negative"), (0, [-1], [1], "has negative"), (3, [2], [-1], "has negative"),
        (0, [2, 2], [1], "2 extents and 1 strides"), (0, [Int.max, Int.max], [0, 0], "is larger than any file"),
        (0, [2, Int.max], [Int.max, 1], "is larger than any file"), (Int.max, [2], [1], "is larger than any file"),
        (0, [0, Int.max, Int.max], [1, 1, 1], "is larger than any file"), (0, [1 << 40], [0], "repeats its elements"),
        (0, Array(repeating: 1, count: 65), Array(repeating: 1, count: 65), "torch._utils._rebuild_tensor_v2"),
    ])
    func tensorsMustLieInTheirStorage(_ offset: Int, _ extents: [Int], _ strides: [Int], _ wanted: String) throws {
        let tensor = P.tensor(P.storage("0", count: 4), offset: offset, extents, strides: strides)
        let error = try refusal(of: tensor, tensor: true)
        #expect(error.contains(wanted), "\(error)")
    }

    @Test func nothingStandsInItself() throws {
        // A list that is appended to itself, two lists in each other, a dictionary in itself.
        #expect(try refusal(of: [0x5D, 0x71, 0, 0x68, 0, 0x61]).contains("in themselves"))
        #expect(
            try refusal(of: [0x5D, 0x71, 0, 0x5D, 0x71, 1, 0x68, 0, 0x61, 0x30, 0x68, 0, 0x68, 1, 0x61])
                .contains("already stands in another"))
        #expect(try refusal(of: [0x7D, 0x71, 0] + P.text("a") + [0x68, 0, 0x73]).contains("in themselves"))
        #expect(try refusal(of: [0x29] + [UInt8](repeating: 0x85, count: 5000)).contains("more than 200 deep"))
        let lists = (0..<5000).flatMap { _ in [UInt8(0x5D)] } + (0..<4999).flatMap { _ in [UInt8(0x61)] }
        #expect(try refusal(of: lists).contains("more than 200 deep"))
        let arguments = P.storage("0", count: 4) + [UInt8](repeating: 0x85, count: 500_000)
        #expect(try refusal(of: arguments).contains("no list of arguments"))
    }

    /// Tuples that hold another one twice, 190 deep, would be 2^190 values if they were walked.
    @Test(.timeLimit(.minutes(1))) func sharedValuesAreNotMultiplied() throws {
        let doubled: [UInt8] = (0..<190).flatMap { _ in [0x71, 0, 0x68, 0, 0x86] as [UInt8] }
        #expect(try refusal(of: [0x29] + doubled).contains("holds a tuple, wanted a dictionary"))
        let text = P.text(String(repeating: "a", count: 60_000)) + [0x71, 0]
        let call = P.global("_codecs", "encode") + [0x28, 0x68, 0] + P.text("latin1") + [0x74, 0x52]
        let many = text + (0..<1000).flatMap { _ in call }
        #expect(try refusal(of: many).contains("more bytes than it has itself"))
        #expect(try refusal(of: [UInt8](repeating: 0x5D, count: 5 << 20)).contains("opcodes"))
    }

    @Test(arguments: [
        ([0x61], "empty stack"), ([0x4B, 1, 0x61], "adds elements to nothing"), ([0x52], "empty stack"),
        ([0x75], "has no mark"), ([0x74], "has no mark"),
        ([0x68, 9], "recalls value 9"), ([0x71, 0], "remembers a value of an empty stack"), ([], "empty stack"),
        ([0x4B, 1, 0x28, 0x4B, 1, 0x75], "sets members of a whole number"),
        ([0x5D, 0x4B, 1, 0x4B, 1, 0x73], "sets members of a list"),
        ([0x7D, 0x4B, 1, 0x61], "adds elements to a dictionary"),
        ([0x4B, 1, 0x29, 0x52], "calls a whole number"), ([0x7D, 0x28, 0x4B, 1, 0x75], "without a value"),
        ([0x4B, 1, 0x7D, 0x62], "as state to a whole number"), ([0x4B, 1, 0x51], "no storage of PyTorch"),
        ([0x28, 0x30], "empty stack"), ([0x8A, 255], "ends too early"), ([0x58, 255, 255, 255, 255], "ends too early"),
        ([0x8D, 255, 255, 255, 255, 255, 255, 255, 255], "declares a size that no file has"),
        ([0x58, 1, 0, 0, 0, 0xFF], "not UTF-8"), ([0x80, 6], "of protocol 6"),
    ])
    func operandsAreChecked(_ body: [UInt8], _ wanted: String) throws {
        let error = try refusal(of: body)
        #expect(error.contains(wanted), "\(error)")
    }

    @Test func everyTruncationIsRefused() throws {
        let tensor = P.tensor(P.storage("0", count: 4), [2, 2], strides: [2, 1])
        let pickle = (P() + P.dictionary(("w", tensor))).ended
        for count in 0..<pickle.count {
            #expect(try refusal(ofPickle: Array(pickle.prefix(count))).contains("ends too early"), "\(count)")
        }
        let archive = TestArchive.checkpoint(pickle, storages: [("0", [UInt8](repeating: 0, count: 16))])
        for count in 0..<archive.count {
            #expect(try refusal(Array(archive.prefix(count))).hasPrefix("evil.pth: "), "\(count)")
        }
    }

    @Test func archivesMustBeWhatPyTorchWrites() throws {
        let pickle = (P() + P.dictionary(("w", P.number(1)))).ended
        func archive(_ entries: (String, [UInt8])...) -> [UInt8] {
            var archive = TestArchive()
            for (path, bytes) in entries { archive.add(path, bytes) }
            return archive.ended
        }
        #expect(try refusal(archive(("model/data.pkl", pickle))).contains("holds no tensors by name"))
        #expect(try refusal(archive(("a/data.pkl", pickle), ("b/data.pkl", pickle))).contains("wanted one"))
        #expect(try refusal(archive(("../data.pkl", pickle))).contains("no .. in any name"))
        #expect(try refusal(archive(("a/data.pkl", pickle), ("a/data.pkl", pickle))).contains("twice"))
        #expect(
            try refusal(archive(("a/data.pkl", pickle), ("a/byteorder", Array("big".utf8)))).contains("byte order"))
        #expect(try refusal(Array("not a zip archive".utf8)).contains("it is no zip archive"))
    }
}
