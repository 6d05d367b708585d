import CZlib
import Checkpoints
import Foundation
import JSON
import Tensors

/// Writes files as `torch.save` does: a zip archive with a pickle that names tensors, and the bytes of each beside it.
struct PyTorchWriter {
    /// Writes tensors in the order and the types announced.
    ///
    /// - Parameters:
    ///   - entries: names, types and shapes of all tensors
    ///   - section: the name of the dictionary in the file's own that holds them; nil for the file's own
    ///   - url: the file
    ///   - tensor: makes a tensor of the entries
    /// - Throws: `FileError` for what cannot be written.
    static func write(
        _ entries: [SafetensorsWriter.Entry], section: String?, to url: URL,
        tensor: (SafetensorsWriter.Entry) -> Tensor
    ) throws {
        let archive = try StoredArchive(url)
        var pickle = TensorPickle()
        pickle.dictionary(of: entries, section: section)
        try pickle.bytes.withUnsafeBytes { try archive.add("archive/data.pkl", $0) }
        try Array("little".utf8).withUnsafeBytes { try archive.add("archive/byteorder", $0) }
        for (number, entry) in entries.enumerated() {
            guard let type = entry.type.scalarType else { preconditionFailure("\(entry.name) is of no tensor's type") }
            try tensor(entry).stored(as: type).withBytes { try archive.add("archive/data/\(number)", $0) }
        }
        try Array("3\n".utf8).withUnsafeBytes { try archive.add("archive/version", $0) }
        try archive.finish()
    }
}

/// A pickle of protocol 2.
private struct TensorPickle {
    private(set) var bytes: [UInt8] = [0x80, 2]

    /// The names with their tensors, each in the storage of its number, and the end.
    mutating func dictionary(of entries: [SafetensorsWriter.Entry], section: String?) {
        // EMPTY_DICT and MARK, then keys and values, then SETITEMS.
        bytes += [0x7D, 0x28]
        if let section {
            text(section)
            bytes += [0x7D, 0x28]
        }
        for (number, entry) in entries.enumerated() {
            text(entry.name)
            tensor(entry, storage: number)
        }
        if section != nil {
            bytes += [0x75]
            text("epoch")
            whole(9)
        }
        bytes += [0x75, 0x2E]
    }

    /// `torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`
    private mutating func tensor(_ entry: SafetensorsWriter.Entry, storage: Int) {
        global("torch._utils", "_rebuild_tensor_v2")
        bytes += [0x28]
        self.storage(entry, storage)
        whole(0)
        tuple(entry.shape.dimensions)
        tuple(entry.shape.dimensions.indices.map { entry.shape.dimensions[($0 + 1)...].reduce(1, *) })
        bytes += [0x89]
        global("collections", "OrderedDict")
        bytes += [0x29, 0x52, 0x74, 0x52]
    }

    /// `("storage", type, key, "cpu", count)` as a persistent name.
    private mutating func storage(_ entry: SafetensorsWriter.Entry, _ number: Int) {
        bytes += [0x28]
        text("storage")
        let names: [StoredType: String] = [
            .float32: "FloatStorage", .float16: "HalfStorage", .bfloat16: "BFloat16Storage",
        ]
        global("torch", names[entry.type] ?? "")
        text("\(number)")
        text("cpu")
        whole(entry.shape.count)
        bytes += [0x74, 0x51]
    }

    private mutating func tuple(_ numbers: [Int]) {
        bytes += [0x28]
        numbers.forEach { whole($0) }
        bytes += [0x74]
    }

    private mutating func text(_ text: String) { bytes += [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }

    private mutating func global(_ module: String, _ name: String) { bytes += Array("c\(module)\n\(name)\n".utf8) }

    /// BININT; no tensor here has two billion elements.
    private mutating func whole(_ value: Int) { bytes += [0x4A] + little(value, 4) }
}

/// A zip archive whose entries are stored as they are, each from a multiple of 64 bytes on.
private final class StoredArchive {
    private let file: FileReplacement
    private let path: String
    private var offset = 0
    private var directory: [UInt8] = []
    private var count = 0

    init(_ url: URL) throws {
        path = url.path
        file = try FileReplacement(of: url)
    }

    func add(_ name: String, _ content: UnsafeRawBufferPointer) throws {
        let checksum = crc32_z(0, content.bindMemory(to: UInt8.self).baseAddress, content.count)
        // Version 2.0, stored, without a date.
        let common =
            little(20, 2) + little(0, 8) + little(Int(checksum), 4) + little(content.count, 4)
            + little(content.count, 4) + little(name.utf8.count, 2)
        let start = offset + 30 + name.utf8.count
        // PyTorch pads by a field of its own, called FB.
        let padding = 64 - (start + 4) % 64
        let head =
            [0x50, 0x4B, 3, 4] + common + little(padding + 4, 2) + Array(name.utf8) + Array("FB".utf8)
            + little(padding, 2) + Array(repeating: UInt8(ascii: "Z"), count: padding)
        directory +=
            [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 12) + little(offset, 4) + Array(name.utf8)
        try file.append(head)
        try file.append(contentsOf: content)
        offset += head.count + content.count
        count += 1
        if offset > UInt32.max {
            throw FileError(file: path, problem: "would exceed 4 GB, for which zip needs another form")
        }
    }

    func finish() throws {
        let end =
            [0x50, 0x4B, 5, 6] + little(0, 4) + little(count, 2) + little(count, 2) + little(directory.count, 4)
            + little(offset, 4) + little(0, 2)
        try file.append(directory + end)
        try file.commit()
    }
}

private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
