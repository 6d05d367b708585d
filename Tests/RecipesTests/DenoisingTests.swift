import BLIP2
import Foundation
import LanguageModels
import Layers
import Recipes
import Tensors
import Testing
import TextTokenizers

/// A T5 learns to look at what it reads in front of a sentence, and to answer questions.
final class DenoisingTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "denoising-\(UUID().uuidString)")
    private static let colours = ["red", "green", "blue", "yellow", "black", "white"]
    private static let forms = ["circle", "square", "star", "ring"]

    /// Texts of three sentences that all tell the same.
    init() throws {
        var sentences: [String] = []
        for number in 0..<384 {
            let colour = Self.colours[number % 6]
            let form = Self.forms[number / 6 % 4]
            sentences += [
                "there is a \(colour) \(form)", "we see a \(colour) \(form)", "\(Self.question(form)) \(colour)",
            ]
        }
        let words = folder.appending(path: "words")
        try FileManager.default.createDirectory(at: words, withIntermediateDirectories: true)
        // Pieces are what two words have in common.
        let pairs = Self.colours + Self.forms + ["there", "see", "Question:", "what", "color", "Short", "answer:"]
        try SentencePieceTokenizer.trained(on: sentences + pairs.map { "\($0)," }, vocabularyCount: 256).save(to: words)
        let list = sentences.map { ["caption": $0] }
        try JSONEncoder().encode(list).write(to: folder.appending(path: "sentences.json"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static func question(_ form: String) -> String { "Question: what color is the \(form)? Short answer:" }

    private func prepare(_ options: [String] = []) throws -> PreparedRun {
        let recipe = """
            model:
              arch: language_backbone_t5
              tokenizer: \(folder.path)/words
              block_length: 32
              continuation_share: 0.9
              context_sentences: 2
              question_end: "Short answer:"
              language: {width: 32, layers: 2, heads: 2, head_width: 16, hidden_width: 32, dropout: 0.0}
            datasets:
              sentences: {file: \(folder.path)/sentences.json, blip_caption: false, sentences_per_document: 3}
            run: {lr_sched: warmup_cosine, init_lr: 5.0e-3, min_lr: 1.0e-4, warmup_lr: 1.0e-3, warmup_steps: 10,
              weight_decay: 0.0, beta2: 0.98, clip_norm: 1.0, max_epoch: 36, batch_size_train: 32, seed: 1}
            """
        let file = folder.appending(path: "recipe.yaml")
        try Data(recipe.utf8).write(to: file)
        return try prepareRun(configuration: file, options: options, .training(folder.appending(path: "run")))
    }

    /// What the trained model writes after each text, the likeliest token each time.
    private func written(after texts: [String]) throws -> [String] {
        let directory = ModelDirectory(folder.appending(path: "run/model").path)
        let model = T5(try directory.configuration(T5Configuration.self, kind: ModelKind.t5), weights: .unset)
        try Layers.load(model, from: directory.weights())
        let tokenizer = try SentencePieceTokenizer(directory: directory.url)
        let prompt = MaskedTokens(tokenizer.batch(texts, layout: BatchLayout(length: .longest, limit: 32)))
        let options = GenerationOptions(beamCount: 1, maximumNewTokens: 12, end: 1, padding: 0)
        return model.generate(prefix: nil, prompt: prompt, options: options).map { tokenizer.decode($0[0].newIDs) }
    }

    @Test func whatStandsInFrontIsRead() throws {
        try prepare().train(resuming: false)
        let told = Self.colours.map { "there is a \($0) star" }
        let answers = try written(after: told.map { "\($0) \(Self.question("star"))" })
        #expect(answers == Self.colours)
        let rests = try written(after: Self.colours.map { "\(Self.question("ring")) \($0) we see" })
        #expect(rests == Self.colours.map { "a \($0) ring" })
        // Where no beginning is read it is no question that is written, even if all else has been said.
        let sentences = try written(after: told.map { "\($0) we see\($0.dropFirst("there is".count))" })
        #expect(sentences.allSatisfy { !$0.hasPrefix("Question") })
    }

    @Test(
        arguments: zip(
            ["continuation_share=1.5", "context_sentences=-1", "question_end=\"\""],
            [
                "model.continuation_share: is 1.5, wanted 0 to 1",
                "model.context_sentences: is -1, wanted at least 0", "model.question_end: is empty, wanted words",
            ]))
    func whatCannotBeAskedIsRefused(_ option: String, _ problem: String) throws {
        let error = #expect(throws: (any Error).self) { try self.prepare(["model.\(option)"]) }
        #expect("\(try #require(error))".contains(problem), "\(error.map { "\($0)" } ?? "")")
    }
}
