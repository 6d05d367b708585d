import Foundation
import JSON
import Tensors

/// A checkpoint of any format, with the types its tensors are stored in.
public protocol StoredCheckpoint: TensorSource, Sendable {
    /// The stored element type of a tensor; nil if there is none of this name.
    func type(of name: String) -> StoredType?

    /// Bytes that a tensor takes, with all that belongs to it; 0 if there is none of this name.
    func byteCount(of name: String) -> Int

    /// Reads a tensor of whole numbers; throws an error that names the file and the key.
    func indexTensor(named name: String) throws -> IndexTensor

    /// The numbers of a tensor of I8, as they lie; throws an error that names the file and the key.
    func levels(named name: String) throws -> Int8Weights.Levels
}

extension StoredCheckpoint {
    /// Bytes that a tensor's elements take; 0 if there is none of this name.
    public func byteCount(of name: String) -> Int {
        (shape(of: name)?.count ?? 0) * (type(of: name)?.bitCount ?? 0) / 8
    }
}

extension SafetensorsFile: StoredCheckpoint {}
extension PyTorchFile: StoredCheckpoint {}

/// Opens checkpoints of every format that is read.
public enum Checkpoint {
    /// The files that a folder's weights may be in, in the order of preference.
    public static let fileNames = [
        "model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json",
    ]

    /// Opens a checkpoint: a safetensors file, a file of PyTorch (`.pth`, `.pt`, `.bin`), an index of several of either, or
    /// a folder that holds one of `fileNames`. The format is told by the contents.
    ///
    /// - Throws: `CheckpointError` that says which files are wanted, or what is wrong with them.
    public static func open(_ url: URL) throws -> any StoredCheckpoint {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw CheckpointError(file: url.path, problem: "there is no such file or folder")
        }
        guard isFolder.boolValue else {
            return url.pathExtension == "json" ? try ShardedCheckpoint(index: url) : try file(url)
        }
        let files = fileNames.map(url.appendingPathComponent)
        if let found = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
            return try open(found)
        }
        throw CheckpointError(
            file: url.path,
            problem:
                "wanted model.safetensors or pytorch_model.bin, or one of them with .index.json and the files it lists")
    }

    /// A single file, by its first bytes: those of a zip archive, or of a pickle from before PyTorch 1.6, which is refused.
    static func file(_ url: URL) throws -> any StoredCheckpoint {
        let start: [UInt8]
        do {
            let mapped = try MappedFile(url)
            start = withExtendedLifetime(mapped) { Array(mapped.bytes.prefix(16)) }
        } catch let error as FileError {
            throw CheckpointError(file: error.file, problem: error.problem)
        }
        switch ForeignFormat(start) {
        case .zip, .pickle: return try PyTorchFile(contentsOf: url)
        default: return try SafetensorsFile(contentsOf: url)
        }
    }
}
