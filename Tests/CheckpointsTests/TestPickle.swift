import Foundation

/// A pickle put together opcode by opcode, as Python's `pickle` would write it or as nobody should.
struct TestPickle {
    var bytes: [UInt8] = [0x80, 2]

    static func + (left: TestPickle, right: [UInt8]) -> TestPickle {
        var sum = left
        sum.bytes += right
        return sum
    }

    /// All of it, ended by STOP.
    var ended: [UInt8] { bytes + [0x2E] }

    /// GLOBAL.
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

    /// BINUNICODE.
    static func text(_ text: String) -> [UInt8] { [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }

    /// BININT1, or LONG1 of eight bytes.
    static func number(_ value: Int) -> [UInt8] {
        (0..<256).contains(value) ? [0x4B, UInt8(value)] : [0x8A, 8] + little(value, 8)
    }

    /// MARK, items, TUPLE.
    static func tuple(_ items: [UInt8]...) -> [UInt8] { [0x28] + items.joined() + [0x74] }

    /// A storage by its key: the tuple and BINPERSID.
    static func storage(_ key: String, _ type: String = "FloatStorage", count: Int) -> [UInt8] {
        tuple(text("storage"), global("torch", type), text(key), text("cpu"), number(count)) + [0x51]
    }

    /// A tensor: the function, its arguments, REDUCE.
    static func tensor(_ storage: [UInt8], offset: Int = 0, _ extents: [Int], strides: [Int]) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2")
            + tuple(
                storage, number(offset), [0x28] + extents.flatMap(number) + [0x74],
                [0x28] + strides.flatMap(number) + [0x74], [0x89],
                global("collections", "OrderedDict") + [0x29, 0x52]) + [0x52]
    }

    /// A dictionary with these members: EMPTY_DICT, MARK, keys and values, SETITEMS.
    static func dictionary(_ members: (key: String, value: [UInt8])...) -> [UInt8] {
        [0x7D, 0x28] + members.flatMap { text($0.key) + $0.value } + [0x75]
    }

    static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// A zip archive whose entries are stored as they are.
struct TestArchive {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    /// An archive as `torch.save` lays it out.
    static func checkpoint(_ pickle: [UInt8], storages: [(key: String, bytes: [UInt8])] = []) -> [UInt8] {
        var archive = TestArchive()
        archive.add("model/data.pkl", pickle)
        archive.add("model/byteorder", Array("little".utf8))
        for storage in storages { archive.add("model/data/\(storage.key)", storage.bytes) }
        archive.add("model/version", Array("3\n".utf8))
        return archive.ended
    }

    /// Adds an entry, and with `alias` a name more for its bytes.
    mutating func add(_ path: String, _ content: [UInt8], method: Int = 0, alias: String? = nil) {
        let common =
            TestPickle.little(method, 2) + TestPickle.little(0, 4) + TestPickle.little(Int(crc32(content)), 4)
            + TestPickle.little(content.count, 4) + TestPickle.little(content.count, 4)
        for name in [path, alias].compactMap({ $0 }) {
            directory +=
                [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0] + common + TestPickle.little(name.utf8.count, 2)
                + [UInt8](repeating: 0, count: 12) + TestPickle.little(bytes.count, 4) + Array(name.utf8)
            count += 1
        }
        bytes +=
            [0x50, 0x4B, 3, 4, 20, 0, 0, 0] + common + TestPickle.little(path.utf8.count, 2) + [0, 0]
            + Array(path.utf8) + content
    }

    /// All of it, with the directory at its end.
    var ended: [UInt8] {
        bytes + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + TestPickle.little(count, 2) + TestPickle.little(count, 2)
            + TestPickle.little(directory.count, 4) + TestPickle.little(bytes.count, 4) + [0, 0]
    }

    private static let crcTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    private func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ Self.crcTable[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    }
}
