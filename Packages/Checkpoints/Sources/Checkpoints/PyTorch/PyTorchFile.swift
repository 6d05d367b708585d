import Archives
import Foundation
import JSON
import Tensors

/// A checkpoint that PyTorch wrote (`.pth`, `.pt`, `pytorch_model.bin`): a zip archive with a pickle and storages.
///
/// The pickle is interpreted as plain values and never executed. Storages stay in the file, mapped into memory; a tensor
/// that does not lie in one piece is copied when it is asked for.
public final class PyTorchFile: TensorSource, Sendable {
    /// The file's path.
    public let origin: String
    /// All that the file holds beside the numbers of its tensors.
    public let root: PickleValue
    /// The names of the tensors, in the order of the file.
    public let names: [String]
    private let tensors: [String: StoredTensor]
    private let storages: [String: Range<Int>]
    private let file: MappedPages

    /// The most bytes of a pickle that are read.
    private static let pickleLimit = 1 << 28
    /// Where training programs put the weights, beside other things.
    private static let sections = ["model", "state_dict"]

    /// Opens a file and checks its pickle and the sizes of its storages.
    ///
    /// - Throws: `CheckpointError` or `FileError` that names what is wrong.
    public init(contentsOf url: URL) throws {
        origin = url.path
        let file = try MappedFile(url)
        self.file = MappedPages(file)
        try Self.requireArchive(file)
        let archive = try ZipArchive(contentsOf: url)
        let folder = try Self.folder(of: archive)
        try Self.requireLittleEndian(archive, folder)
        let pickle = try Self.pickle(archive, folder)
        root = pickle.value
        storages = try Self.storages(pickle.storages, archive, folder)
        let section = try Self.weights(in: root, file: url.path)
        names = section.map(\.name)
        tensors = Dictionary(section.map { ($0.name, $0.tensor) }, uniquingKeysWith: { _, last in last })
        guard tensors.count == names.count else {
            throw CheckpointError(
                file: origin, problem: "names a tensor twice, or two names differ only in Unicode form")
        }
    }

    /// The extents of a tensor; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { tensors[name].map { Shape($0.dimensions) } }

    /// The stored element type of a tensor; nil if there is none of this name.
    public func type(of name: String) -> StoredType? { tensors[name]?.type }

    /// A tensor. Elements of 32 and 16 bits keep their type; those of 64 are rounded to float32.
    ///
    /// - Throws: `CheckpointError` if there is none of this name or its elements are whole numbers.
    public func tensor(named name: String) throws -> Tensor { try tensor(of: entry(name), name) }

    /// A tensor of whole numbers.
    ///
    /// - Throws: `CheckpointError` if there is none of this name, its elements are of another type, or one of them
    ///   does not fit 32 bits.
    public func indexTensor(named name: String) throws -> IndexTensor {
        try elements(of: entry(name)).indexTensor(name, origin)
    }

    /// The numbers of a tensor of I8, as they lie in the file.
    ///
    /// - Throws: `CheckpointError` if there is none of this name or its elements are of another type.
    public func levels(named name: String) throws -> Int8Weights.Levels {
        try elements(of: entry(name)).levels(name, origin)
    }

    /// A tensor that stands elsewhere in `root`; errors call it `name`.
    public func tensor(of stored: StoredTensor, _ name: String) throws -> Tensor {
        try elements(of: stored).tensor(name, origin)
    }

    private func entry(_ name: String) throws -> StoredTensor {
        guard let tensor = tensors[name] else {
            throw CheckpointError(file: origin, key: name, problem: "there is no such tensor")
        }
        return tensor
    }

    private func elements(of tensor: StoredTensor) -> StoredElements {
        let size = tensor.type.bitCount / 8
        let storage = storages[tensor.storage].map { UnsafeRawBufferPointer(rebasing: file.bytes[$0]) }
        guard let storage, tensor.count > 0 else {
            return StoredElements(
                bytes: UnsafeRawBufferPointer(start: nil, count: 0), owner: file, type: tensor.type,
                dimensions: tensor.dimensions)
        }
        if tensor.isContiguous {
            let bytes = storage[tensor.offset * size..<(tensor.offset + tensor.count) * size]
            return StoredElements(
                bytes: UnsafeRawBufferPointer(rebasing: bytes), owner: file, type: tensor.type,
                dimensions: tensor.dimensions)
        }
        let gathered = GatheredBytes(tensor, storage, elementSize: size)
        return StoredElements(
            bytes: gathered.bytes, owner: gathered, type: tensor.type, dimensions: tensor.dimensions)
    }
}

// MARK: Opening

extension PyTorchFile {
    private static func requireArchive(_ file: MappedFile) throws {
        let start = Array(file.bytes.prefix(13))
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return }
        // The number that PyTorch before 1.6 began its files with, as a pickle.
        let legacy: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50]
        throw CheckpointError(
            file: file.path,
            problem: start == legacy
                ? "is of the format of PyTorch before 1.6; load it with PyTorch and save it again to convert it"
                : "is no file that PyTorch 1.6 or later wrote: it is no zip archive")
    }

    /// The folder that all of the archive's entries stand in.
    private static func folder(of archive: ZipArchive) throws -> String {
        let suffix = "/data.pkl"
        let pickles = archive.entries.filter { $0.path.hasSuffix(suffix) && $0.path.split(separator: "/").count == 2 }
        guard pickles.count == 1, !archive.entries.contains(where: { $0.path.split(separator: "/").contains("..") })
        else {
            throw CheckpointError(
                file: archive.path,
                problem: "holds \(pickles.count) entries named FOLDER/data.pkl, wanted one, and no .. in any name")
        }
        return String(pickles[0].path.dropLast(suffix.count))
    }

    private static func requireLittleEndian(_ archive: ZipArchive, _ folder: String) throws {
        guard let entry = archive["\(folder)/byteorder"] else { return }
        guard entry.count < 16, try archive.contents(of: entry) == Array("little".utf8) else {
            throw CheckpointError(file: archive.path, problem: "is of another byte order than little-endian")
        }
    }

    private static func pickle(
        _ archive: ZipArchive, _ folder: String
    ) throws -> (value: PickleValue, storages: [PickleStorage]) {
        let entry = try archive.entry(named: "\(folder)/data.pkl")
        guard try archive.storedRange(of: entry) != nil else { throw compressed(entry, archive) }
        guard entry.count <= pickleLimit else {
            throw CheckpointError(file: archive.path, problem: "has a pickle of \(entry.count) bytes")
        }
        let bytes = try archive.contents(of: entry)
        do throws(PickleError) {
            return try PickleMachine.run(bytes)
        } catch {
            throw CheckpointError(
                file: archive.path, problem: "its pickle, at byte \(error.offset), \(error.problem)")
        }
    }

    private static func compressed(_ entry: ZipArchive.Entry, _ archive: ZipArchive) -> CheckpointError {
        CheckpointError(
            file: archive.path, problem: "its entry \(entry.path) is compressed, which PyTorch's files are not")
    }

    /// Where each storage lies; its size must be what the pickle says, and no two may overlap.
    private static func storages(
        _ storages: [PickleStorage], _ archive: ZipArchive, _ folder: String
    ) throws -> [String: Range<Int>] {
        var ranges: [String: Range<Int>] = [:]
        for storage in storages {
            let entry = try archive.entry(named: "\(folder)/data/\(storage.key)")
            guard let range = try archive.storedRange(of: entry) else { throw compressed(entry, archive) }
            guard let wanted = storage.type.byteCount(of: [storage.count]), range.count == wanted else {
                throw CheckpointError(
                    file: archive.path,
                    problem:
                        "its storage \(storage.key) has \(range.count) bytes, but its pickle says \(storage.count) "
                        + "elements of \(storage.type.rawValue)")
            }
            ranges[storage.key] = range
        }
        let ordered = ranges.filter { !$0.value.isEmpty }
            .sorted { ($0.value.lowerBound, $0.key) < ($1.value.lowerBound, $1.key) }
        for (first, second) in zip(ordered, ordered.dropFirst())
        where first.value.upperBound > second.value.lowerBound {
            throw CheckpointError(file: archive.path, problem: "its storages \(first.key) and \(second.key) overlap")
        }
        return ranges
    }

    /// The tensors by name: of the section that training programs put weights in, or of the whole.
    private static func weights(
        in root: PickleValue, file: String
    ) throws -> [(name: String, tensor: StoredTensor)] {
        guard let whole = root.dictionary else {
            throw CheckpointError(file: file, problem: "holds \(root.kind), wanted a dictionary of tensors")
        }
        let section = sections.lazy.compactMap { whole[$0]?.dictionary }.first ?? whole
        var seen: [String: Int] = [:]
        var list: [(name: String, tensor: StoredTensor)] = []
        for (key, value) in section.members {
            guard let name = key.string, let tensor = value.tensor else { continue }
            // Of a key that is set twice Python keeps the last value.
            if let place = seen[name], list[place].name.unicodeScalars.elementsEqual(name.unicodeScalars) {
                list[place].tensor = tensor
            } else {
                seen[name] = list.count
                list.append((name, tensor))
            }
        }
        guard !list.isEmpty else { throw CheckpointError(file: file, problem: "holds no tensors by name") }
        return list
    }
}
