import Checkpoints
import Foundation
import JSON
import Layers
import Tensors

/// A folder with a model or a part of one: `config.json`, which says what it is and its sizes, `model.safetensors` or
/// the files of an index, and the tokenizer's files where text belongs to it.
public struct ModelDirectory: Sendable {
    /// The folder.
    public let url: URL

    private static let sizesName = "config.json"

    /// A folder, which need not exist yet.
    public init(_ url: URL) { self.url = url }

    /// A folder, which need not exist yet, by its path.
    public init(_ path: String) { url = URL(fileURLWithPath: path) }

    /// The file of the weights, as this library writes it.
    public var weightsFile: URL { file("model.safetensors") }

    /// All files that weights lie in, of any format, by their names.
    public var checkpointFiles: [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".bin") }.sorted().map(file)
    }

    /// A file of the folder.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// The weights, int8 matrices as such. Throws an error that says which files are wanted, or that names a way of rounding
    /// that is not read.
    public func weights() throws -> any StoredCheckpoint {
        let checkpoint = try Checkpoint.open(url)
        let settings = try settingsIfPresent(Quantization.Holder.self, in: Self.sizesName)
        guard let quantization = settings?.quantization else { return checkpoint }
        guard quantization == .int8 else {
            throw FileError(
                file: file(Self.sizesName).path,
                problem: "its quantization_config is of \(quantization.method), wanted \(Quantization.int8.method) of "
                    + "convert, or a folder that is not quantized")
        }
        return Int8Checkpoint(checkpoint)
    }

    /// Whether the folder holds a model of this kind. Throws an error that names the file if it cannot be read.
    public func isKind(_ kind: String) throws -> Bool { try read(Self.sizesName).root["model_type"].string == kind }

    /// The sizes. Throws an error that names the file if it is missing or describes another kind of model.
    public func configuration<Value: Decodable>(_ type: Value.Type, kind: String) throws -> Value {
        let (root, data) = try read(Self.sizesName)
        let found = try root["model_type"].string
        if found != kind {
            throw try root["model_type"].error("is \"\(found)\", wanted a folder with a model of the type \"\(kind)\"")
        }
        return try decode(type, data, Self.sizesName)
    }

    /// What a JSON file of the folder says.
    public func settings<Value: Decodable>(_ type: Value.Type, in name: String) throws -> Value {
        try decode(type, try read(name).data, name)
    }

    /// The same, or nil if there is no such file.
    public func settingsIfPresent<Value: Decodable>(_ type: Value.Type, in name: String) throws -> Value? {
        FileManager.default.fileExists(atPath: file(name).path) ? try settings(type, in: name) : nil
    }

    private func read(_ name: String) throws -> (root: JSONValue, data: Data) {
        let data: Data
        do {
            data = try Data(contentsOf: file(name))
        } catch {
            throw FileError(file: file(name).path, problem: "cannot be read, and a model's folder needs it")
        }
        let root = try JSONDocument(parsing: data, name: file(name).path).root
        try SizeCheck.check(root)
        return (root, data)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ data: Data, _ name: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw FileError(file: file(name).path, problem: error.sentence)
        }
    }

    /// Writes `config.json` and the weights; the folder is made if need be.
    public func write(
        _ configuration: some Encodable, kind: String, _ weights: [(name: String, tensor: Tensor)]
    ) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw FileError(file: url.path, problem: "cannot be made: \(error.localizedDescription)")
        }
        try write(Described(kind: kind, configuration: configuration), to: Self.sizesName)
        // transformers wants to know that PyTorch's layout is meant.
        try Safetensors.write(weights, metadata: ["format": "pt"], to: weightsFile)
    }

    /// Writes settings to a JSON file of the folder.
    public func write(_ settings: some Encodable, to name: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileReplacement.write(try encoder.encode(settings), to: file(name))
    }

    /// Writes a JSON file of the folder.
    public func write(_ tree: JSONTree, to name: String) throws {
        try FileReplacement.write(JSONWriter(indentation: 2).bytes(tree), to: file(name))
    }

    /// A configuration with the kind of model it describes, and the type its weights are stored in.
    struct Described<Configuration: Encodable>: Encodable {
        let kind: String
        var storedType: String?
        var quantization: Quantization?
        let configuration: Configuration

        enum CodingKeys: String, CodingKey {
            case kind = "model_type"
            case storedType = "dtype"
            case quantization = "quantization_config"
        }

        func encode(to encoder: any Encoder) throws {
            try configuration.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .kind)
            try container.encodeIfPresent(storedType, forKey: .storedType)
            try container.encodeIfPresent(quantization, forKey: .quantization)
        }
    }
}

extension DecodingError {
    /// Which key is wrong, and how.
    fileprivate var sentence: String {
        func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return "the key \(path(context, key)) is missing"
        case .typeMismatch(let type, let context): return "the key \(path(context)) is not of the type \(type)"
        case .valueNotFound(let type, let context): return "the key \(path(context)) is null, wanted \(type)"
        case .dataCorrupted(let context): return "the key \(path(context)) is wrong: \(context.debugDescription)"
        @unknown default: return "cannot be understood: \(self)"
        }
    }
}
