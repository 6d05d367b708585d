import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import Testing
import TextTokenizers

/// Texts that the original generated, with every set of options it was asked for.
struct GenerationComparison {
    private static let scoreTolerance = 1e-4

    private let oracle: OracleCase
    private let model: OracleModel
    private let tokenizers: OracleTokenizers
    private let batch: OracleModel.Batch

    init(_ oracle: OracleCase, _ model: OracleModel) throws {
        self.oracle = oracle
        self.model = model
        tokenizers = try OracleTokenizers(oracle)
        batch = try OracleModel.Batch(try oracle.recorded())
    }

    func run(_ tally: inout Tally) throws {
        guard let generate = model.generate else { return }
        for recorded in try oracle.meta.optional("generate")?.array.map({ $0 }) ?? [] {
            if try oracle.kind == "Blip2QformerPformer" {
                try compareSentences(recorded, generate, &tally)
            } else {
                try compareCaptions(recorded, generate, &tally)
            }
        }
        for recorded in try oracle.meta.optional("predict_answers")?.array.map({ $0 }) ?? [] {
            try compareAnswers(recorded, generate, &tally)
        }
    }

    private typealias Generate = (OracleModel.Batch, MaskedTokens, GenerationOptions) -> [[GeneratedText]]

    /// Captions by the language model.
    private func compareCaptions(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let given = try recorded["prompt"]
        let prompt = given.isNull ? try oracle.prompt : try given.string
        let prompts = tokenizers.prompts(Array(repeating: prompt, count: batch.sentences.batchCount))
        let options = try options(recorded["options"], limit: "max_length", minimum: "min_length")
        try compare(
            generate(batch, prompts, options), recorded, promptCount: prompts.tokenCount, tokenizers.opt, "text",
            padding: options.padding, &tally)
    }

    /// Answers by the language model; the questions stand in the recorded ids, from the beginning to the first "?".
    private func compareAnswers(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let rows = try recorded["ids"].array.map { try $0.int32s }
        let template = try recorded["prompt"].string
        let texts = rows.map { row in
            let text = tokenizers.opt.decode(row)
            let end = text.firstIndex(of: "?").map { text.index(after: $0) } ?? text.endIndex
            let tail = template.isEmpty ? "" : (template.components(separatedBy: "{}").last ?? "")
            return String(text[..<end]) + tail
        }
        let prompts = tokenizers.prompts(texts)
        let options = try options(recorded["options"], limit: "max_len", minimum: "min_len")
        try compare(
            generate(batch, prompts, options), recorded, promptCount: prompts.tokenCount, tokenizers.opt, "answers",
            padding: options.padding, &tally)
    }

    /// Texts by the Q-Former, whose length counts the beginning.
    private func compareSentences(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let special = tokenizers.bert.specialTokens
        var options = try options(recorded["options"], limit: "max_length", minimum: "min_length")
        options.maximumNewTokens -= 1
        options.end = special.separator ?? 0
        options.padding = special.padding ?? 0
        try compare(
            generate(batch, batch.sentences, options), recorded, promptCount: 1, tokenizers.bert, "text",
            padding: options.padding, &tally)
    }

    private func options(_ values: JSONValue, limit: String, minimum: String) throws -> GenerationOptions {
        GenerationOptions(
            beamCount: try values["num_beams"].int, maximumNewTokens: try values[limit].int,
            minimumLength: try values[minimum].int,
            lengthPenalty: Float(try values.optional("length_penalty")?.double ?? 1),
            repetitionPenalty: Float(try values.optional("repetition_penalty")?.double ?? 1),
            returnCount: try values.optional("num_captions")?.int ?? 1,
            end: Int32(clamping: try oracle.meta.optional("eos_token_id")?.int ?? 0), padding: 1)
    }

    private func compare(
        _ generated: [[GeneratedText]], _ recorded: JSONValue, promptCount: Int, _ tokenizer: some Tokenizer,
        _ textKey: String, padding: Int32, _ tally: inout Tally
    ) throws {
        let texts = generated.flatMap { $0 }
        let label = "\(oracle.name) \(JSONWriter().text(try recorded["options"].tree))"
        let rows = try recorded["ids"].array.map { try $0.int32s }
        let width = rows.first?.count ?? 0
        let own = texts.map { $0.ids + Array(repeating: padding, count: max(width - $0.ids.count, 0)) }
        tally.expect("lists of ids", label, own, equals: rows)
        let decoded = texts.map { text in
            trimmed(tokenizer.decode(Array(text.ids.dropFirst(promptCount)), skippingSpecialTokens: true))
        }
        tally.expect(
            "lists of texts", label, decoded, equals: try recorded[textKey].array.map { trimmed(try $0.string) })
        guard let scores = try recorded.optional("sequences_scores"), !scores.isNull else { return }
        for (score, text) in zip(try scores.array.map { try $0.double }, texts) {
            let error = abs(Double(text.score ?? .nan) - score) / max(abs(score), 1)
            tally.expect("scores", label, share: error / Self.scoreTolerance)
        }
    }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
