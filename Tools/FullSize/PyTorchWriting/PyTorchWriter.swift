import Checkpoints
import Foundation
import JSON
import Tensors

/// Writes files as `torch.save` does: a zip archive with a pickle that names tensors, and the bytes of each beside it.
public enum PyTorchWriter {
    /// Writes tensors in the order and the types announced.
    ///
    /// - Parameters:
    ///   - entries: names, types (float32, bfloat16 or float16) and shapes of all tensors
    ///   - section: the name of the dictionary in the file's own that holds them, beside a number called epoch, as in
    ///     checkpoints of LAVIS; nil for the file's own
    ///   - url: the file
    ///   - tensor: makes a tensor of the entries
    /// - Throws: `FileError` for what cannot be written, such as a file of 4 GB; what stood there before is then untouched.
    public static func write(
        _ entries: [SafetensorsWriter.Entry], section: String? = nil, to url: URL,
        tensor: (SafetensorsWriter.Entry) throws -> Tensor
    ) throws {
        let archive = try StoredArchive(url)
        var pickle = TensorPickle()
        pickle.dictionary(of: entries, section: section)
        try pickle.bytes.withUnsafeBytes { try archive.add("archive/data.pkl", $0) }
        try Array("little".utf8).withUnsafeBytes { try archive.add("archive/byteorder", $0) }
        for (number, entry) in entries.enumerated() {
            let tensor = try tensor(entry).stored(as: entry.scalarType)
            precondition(
                tensor.shape == entry.shape, "\(entry.name) was announced as \(entry.shape), not \(tensor.shape)")
            try tensor.withBytes { try archive.add("archive/data/\(number)", $0) }
        }
        try Array("3\n".utf8).withUnsafeBytes { try archive.add("archive/version", $0) }
        try archive.finish()
    }
}

extension SafetensorsWriter.Entry {
    /// How a tensor stores such elements.
    var scalarType: ScalarType {
        guard let type = type.scalarType else { preconditionFailure("\(name) is announced as \(type.rawValue)") }
        return type
    }
}
