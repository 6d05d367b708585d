import BLIP2
import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers

/// Texts that the original generated, with every set of options it was asked for.
struct GenerationComparison {
    private static let scoreTolerance = 1e-4

    private let oracle: OracleCase
    private let model: OracleModel
    private let tokenizers: OracleTokenizers
    private let batch: OracleModel.Batch
    private let isEncoderDecoder: Bool

    init(_ oracle: OracleCase, _ model: OracleModel) throws {
        self.oracle = oracle
        self.model = model
        tokenizers = try OracleTokenizers(oracle)
        batch = try OracleModel.Batch(oracle)
        isEncoderDecoder = try oracle.splits != nil
    }

    func run(_ tally: inout Tally) throws {
        let texts = try oracle.meta.optional("generate")?.array.map { $0 } ?? []
        let answers = try oracle.meta.optional("predict_answers")?.array.map { $0 } ?? []
        guard let generate = model.generate else {
            #expect(texts.isEmpty && answers.isEmpty, "\(oracle.name): the model writes nothing, the original did")
            return
        }
        for recorded in texts {
            if model.module is RepresentationModel || model.module is AlignedRepresentationModel {
                try compareSentences(recorded, generate, &tally)
            } else {
                try compareCaptions(recorded, generate, &tally)
            }
        }
        for recorded in answers {
            try compareAnswers(recorded, generate, &tally)
        }
    }

    private typealias Generate = (OracleModel.Batch, MaskedTokens, GenerationOptions) -> [[GeneratedText]]

    /// Captions by the language model.
    private func compareCaptions(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let given = try recorded["prompt"]
        let prompt = given.isNull ? try oracle.prompt : try given.string
        let prompts = prompts(Array(repeating: prompt, count: batch.count))
        let options = try options(recorded["options"], limit: "max_length", minimum: "min_length")
        try compare(
            generate(batch, prompts, options), recorded, language, "text", padding: options.padding, &tally)
    }

    /// Answers by the language model.
    private func compareAnswers(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let template = try recorded["prompt"].string
        let questions = try OracleFolder().questions().map { question in
            template.isEmpty ? question : template.replacingOccurrences(of: "{}", with: question)
        }
        let options = try options(recorded["options"], limit: "max_len", minimum: "min_len")
        try compare(
            generate(batch, prompts(questions), options), recorded, language, "answers", padding: options.padding,
            &tally)
    }

    private var language: any Tokenizer { isEncoderDecoder ? tokenizers.t5 : tokenizers.opt }

    /// What a language model is given: padded on the left where it continues it.
    private func prompts(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(language.batch(texts, layout: BatchLayout(side: isEncoderDecoder ? .right : .left)))
    }

    /// Texts by the Q-Former, whose length counts the beginning.
    private func compareSentences(_ recorded: JSONValue, _ generate: Generate, _ tally: inout Tally) throws {
        let special = tokenizers.bert.specialTokens
        var options = try options(recorded["options"], limit: "max_length", minimum: "min_length")
        options.maximumNewTokens -= 1
        options.end = special.separator ?? 0
        options.padding = special.padding ?? 0
        try compare(
            generate(batch, batch.texts, options), recorded, tokenizers.bert, "text", padding: options.padding, &tally)
    }

    private func options(_ values: JSONValue, limit: String, minimum: String) throws -> GenerationOptions {
        GenerationOptions(
            beamCount: try values["num_beams"].int, maximumNewTokens: try values[limit].int,
            minimumLength: try values[minimum].int,
            lengthPenalty: Float(try values.optional("length_penalty")?.double ?? 1),
            repetitionPenalty: Float(try values.optional("repetition_penalty")?.double ?? 1),
            returnCount: try values.optional("num_captions")?.int ?? 1,
            end: try oracle.meta.optional("eos_token_id").map { Int32(clamping: try $0.int) }
                ?? language.specialTokens.end ?? 0,
            padding: language.specialTokens.padding ?? 0)
    }

    private func compare(
        _ generated: [[GeneratedText]], _ recorded: JSONValue, _ tokenizer: any Tokenizer, _ textKey: String,
        padding: Int32, _ tally: inout Tally
    ) throws {
        let texts = generated.flatMap { $0 }
        let label = "\(oracle.name) \(JSONWriter().text(try recorded["options"].tree))"
        let rows = try recorded["ids"].array.map { try $0.int32s }
        let width = rows.first?.count ?? 0
        let own = texts.map { $0.ids + Array(repeating: padding, count: max(width - $0.ids.count, 0)) }
        tally.expect("lists of ids", label, own, equals: rows)
        let decoded = texts.map { text in
            tokenizer.decode(text.newIDs, skippingSpecialTokens: true).strippedAsInPython
        }
        tally.expect(
            "lists of texts", label, decoded,
            equals: try recorded[textKey].array.map { try $0.string.strippedAsInPython })
        guard let scores = try recorded.optional("sequences_scores"), !scores.isNull else { return }
        for (score, text) in zip(try scores.array.map { try $0.double }, texts) {
            let error = abs(Double(text.score ?? .nan) - score) / max(abs(score), 1)
            tally.expect("scores", label, share: error / Self.scoreTolerance)
        }
    }
}
