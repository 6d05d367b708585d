import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing

private struct Wrapped<Value: Decodable>: Decodable { let config: Value }

/// A tiny model of transformers: its configuration, its weights, and what it computed and generated for vectors in front
/// of padded texts. `Tools/oracles/language_models.py` makes the fixtures.
struct TransformersCase {
    let file: SafetensorsFile
    let meta: JSONValue
    private let name: String

    init(_ name: String) throws {
        self.name = name
        file = try SafetensorsFile(fixture: "\(name).safetensors", besides: #filePath)
        meta = try JSONDocument(contentsOf: Self.url(name)).root
    }

    private static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
    }

    /// The configuration as this library reads it.
    func configuration<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONDecoder().decode(Wrapped<Value>.self, from: try Data(contentsOf: Self.url(name))).config
    }

    func load(_ model: some Module, copies: [String]) throws {
        try Layers.load(model, from: file, allowing: LoadPolicy(unexpected: copies + ["io/*"]))
    }

    func tensor(_ name: String) throws -> Tensor { try file.tensor(named: "io/\(name)") }

    func text() throws -> MaskedTokens {
        MaskedTokens(ids: try file.indexTensor(named: "io/ids"), mask: try file.indexTensor(named: "io/mask"))
    }

    /// Generates with every recorded set of options and compares ids and scores; transformers may fill rows with
    /// another token than padding.
    func compareGeneration(_ model: some LanguageModel, end: Int32, padding: Int32) throws {
        for run in try meta["runs"].array {
            let options = try options(run["options"], end: end, padding: padding)
            let texts = model.generate(prefix: try tensor("prefix"), prompt: try text(), options: options).joined()
            let expected = try run["ids"].array.map { row in try row.array.map { Int32(try $0.int) } }
            #expect(texts.count == expected.count)
            for (text, row) in zip(texts, expected) {
                #expect(text.ids[...] == row.prefix(text.ids.count), "\(options)")
                let hasEnded = text.ids.last == end || text.newIDs.count == options.maximumNewTokens
                #expect(hasEnded && row.dropFirst(text.ids.count).allSatisfy { $0 == end || $0 == padding })
            }
            guard try !run["scores"].isNull else { continue }
            for (text, score) in zip(texts, try run["scores"].array.map { try $0.double }) {
                #expect(abs(Double(try #require(text.score)) / score - 1) < 1e-5)
            }
        }
    }

    private func options(_ values: JSONValue, end: Int32, padding: Int32) throws -> GenerationOptions {
        func int(_ key: String, _ fallback: Int) throws -> Int { try values.optional(key)?.int ?? fallback }
        func float(_ key: String) throws -> Float { Float(try values.optional(key)?.double ?? 1) }
        return GenerationOptions(
            beamCount: try int("num_beams", 1), maximumNewTokens: 12, minimumLength: try int("min_length", 0),
            minimumNewTokens: try int("min_new_tokens", 0), lengthPenalty: try float("length_penalty"),
            repetitionPenalty: try float("repetition_penalty"),
            unrepeatedRunLength: try int("no_repeat_ngram_size", 0),
            stopsEarly: try values.optional("early_stopping")?.bool ?? false,
            returnCount: try int("num_return_sequences", 1), end: end, padding: padding,
            convention: .huggingFace(imageToken: Int32(try meta["image"].int)))
    }
}

/// Expects a relative error, by Euclidean norm, of at most 1e-5.
func expectClose(_ actual: Tensor?, _ expected: Tensor) throws {
    let difference = Difference(try #require(actual).scalars, expected.scalars, shape: expected.shape)
    #expect(difference.relativeNorm < 1e-5, "\(difference)")
}
