import Foundation
import Tensors

/// Writes safetensors checkpoints.
public enum Safetensors {
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
