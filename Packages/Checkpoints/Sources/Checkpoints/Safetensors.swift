import Foundation
import Tensors

/// Opens and writes safetensors checkpoints.
public enum Safetensors {
    /// Opens a checkpoint: a safetensors file, an index of several, or a folder that holds `model.safetensors` or
    /// `model.safetensors.index.json`.
    ///
    /// - Throws: `CheckpointError` that says which files are wanted, or what is wrong with them.
    public static func open(_ url: URL) throws -> any TensorSource {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw CheckpointError(file: url.path, problem: "there is no such file or folder")
        }
        guard isFolder.boolValue else {
            return url.pathExtension == "json"
                ? try ShardedSafetensors(index: url) : try SafetensorsFile(contentsOf: url)
        }
        let single = url.appendingPathComponent("model.safetensors")
        if FileManager.default.fileExists(atPath: single.path) { return try SafetensorsFile(contentsOf: single) }
        let index = url.appendingPathComponent("model.safetensors.index.json")
        if FileManager.default.fileExists(atPath: index.path) { return try ShardedSafetensors(index: index) }
        throw CheckpointError(
            file: url.path, problem: "wanted model.safetensors, or model.safetensors.index.json and the files it lists")
    }

    /// Writes tensors in their storage types to a file, which appears whole or not at all. Wider types come first, so
    /// that all are aligned.
    ///
    /// - Throws: `FileError` if the file cannot be written.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], indices: [(name: String, indices: IndexTensor)] = [],
        metadata: [String: String] = [:], to url: URL
    ) throws {
        let byWidth = tensors.enumerated().sorted {
            ($1.element.tensor.scalarType.byteCount, $0.offset) < ($0.element.tensor.scalarType.byteCount, $1.offset)
        }
        let tensors = byWidth.map(\.element)
        let entries =
            indices.map { SafetensorsWriter.Entry($0.name, .int32, $0.indices.shape) }
            + tensors.map { SafetensorsWriter.Entry($0.name, StoredType($0.tensor.scalarType), $0.tensor.shape) }
        let writer = try SafetensorsWriter(to: url, entries: entries, metadata: metadata)
        for (_, indices) in indices { try writer.append(indices) }
        for (_, tensor) in tensors { try writer.append(tensor) }
        try writer.finish()
    }
}
