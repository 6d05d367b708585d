import BLIP2
import Datasets
import Evaluation
import Foundation
import Images
import JSON
import TestSupport
import Testing

/// Every setting of a configuration reaches the generator: what a run writes is what the library writes with that setting,
/// and something else than without.
struct SettingsTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
    }

    private static let captionSettings: [(String, @Sendable (inout Captioner.Options) -> Void)] = [
        ("run.num_beams=1", { $0.beamCount = 1 }), ("run.max_len=3", { $0.maximumLength = 3 }),
        ("run.min_len=25", { $0.minimumLength = 25 }), ("run.length_penalty=-3", { $0.lengthPenalty = -3 }),
        ("run.repetition_penalty=4", { $0.repetitionPenalty = 4 }),
        ("run.no_repeat_ngram_size=1", { $0.unrepeatedRunLength = 1 }), ("run.prompt=two", { $0.prompt = "two" }),
    ]

    private func model(_ name: String) -> String { "model.pretrained=\(small.root.appending(path: name).path)" }

    private func captions(_ name: String = "captioner", options: [String]) throws -> [String] {
        let output = folder.file("captions-\(UUID().uuidString)")
        try small.evaluate(small.configuration("captioning"), options: options + [model(name)], in: output)
        return try entries(output.appending(path: "test/predictions.json")).map { try $0["caption"].string }
    }

    @Test(arguments: ["captioner", "t5-captioner"]) func captionsFollowEverySetting(name: String) throws {
        let list = try EvaluationList(
            contentsOf: small.annotations.appending(path: "coco_karpathy_test.json"), imagesIn: small.images)
        let pictures = try list.images.map { try Image(contentsOf: small.images.appending(path: $0.image)) }
        let captioner = try Captioner(directory: small.root.appending(path: name))
        let shared = ["run.min_len=4", "run.max_len=12"]
        var standard = Captioner.Options()
        (standard.minimumLength, standard.maximumLength) = (4, 12)
        let plain = try captions(name, options: shared)
        #expect(try captioner.captions(of: pictures, options: standard) == plain)
        #expect(Set(plain).count > 1)
        for (option, change) in Self.captionSettings {
            var options = standard
            change(&options)
            let written = try captions(name, options: shared + [option])
            let isFollowed = try captioner.captions(of: pictures, options: options) == written
            #expect(isFollowed, "\(option)")
            #expect(zip(written, plain).contains { $0 != $1 }, "\(option) changes nothing")
        }
    }

    private static let answerSettings: [(String, @Sendable (inout QuestionAnswerer.Options) -> Void)] = [
        ("run.num_beams=1", { $0.beamCount = 1 }), ("run.max_len=2", { $0.maximumLength = 2 }),
        ("run.min_len=30", { $0.minimumLength = 30 }), ("run.length_penalty=3", { $0.lengthPenalty = 3 }),
        ("run.repetition_penalty=4", { $0.repetitionPenalty = 4 }),
        ("run.no_repeat_ngram_size=1", { $0.unrepeatedRunLength = 1 }),
        ("run.prompt=\"{} is\"", { $0.template = "{} is" }),
    ]

    private func answers(_ name: String, options: [String]) throws -> [String] {
        let output = folder.file("answers-\(UUID().uuidString)")
        try small.evaluate(small.configuration("vqa"), options: options + [model(name)], in: output)
        return try entries(output.appending(path: "test/predictions.json")).map { try $0["answer"].string }
    }

    /// One question at a time, as slowly as can be.
    private func answersAlone(_ name: String, _ options: QuestionAnswerer.Options) throws -> [String] {
        let list = try Questions(
            contentsOf: small.annotations.appending(path: "vqa_val_eval.json"), imagesIn: small.images)
        let answerer = try QuestionAnswerer(directory: small.root.appending(path: name))
        return try (0..<list.count).map { number in
            let question = try list.question(number)
            let picture = try question.picture.decode()
            return try answerer.answers(to: [QuestionText()(question.text)], about: [picture], options: options)[0]
        }
    }

    @Test(arguments: ["captioner", "t5-captioner"]) func answersFollowEverySettingAndNothingElse(name: String) throws {
        let plain = try answers(name, options: [])
        #expect(try answersAlone(name, QuestionAnswerer.Options()) == plain)
        #expect(Set(plain).count > 1)
        for (option, change) in Self.answerSettings {
            var options = QuestionAnswerer.Options()
            change(&options)
            let written = try answers(name, options: [option])
            let isFollowed = try answersAlone(name, options) == written
            #expect(isFollowed, "\(option)")
            #expect(zip(written, plain).contains { $0 != $1 }, "\(option) changes nothing")
        }
        for size in [1, 3, 64] {
            #expect(try answers(name, options: ["run.batch_size_eval=\(size)"]) == plain, "\(size)")
        }
    }

    /// The types of weights reach the model; a type that holds the file's numbers exactly changes nothing.
    @Test(arguments: ["captioner", "t5-captioner"]) func weightTypesReachTheModel(name: String) throws {
        let shared = ["run.min_len=4", "run.max_len=12"]
        let plain = try captions(name, options: shared)
        #expect(try captions(name, options: shared + ["model.dtype=float32"]) == plain)
        let list = try EvaluationList(
            contentsOf: small.annotations.appending(path: "coco_karpathy_test.json"), imagesIn: small.images)
        let pictures = try list.images.map { try Image(contentsOf: small.images.appending(path: $0.image)) }
        var options = Captioner.Options()
        (options.minimumLength, options.maximumLength) = (4, 12)
        for (settings, formats) in [
            (["model.dtype=int8"], WeightFormats(.int8)), (["model.language_dtype=int8"], .init(language: .int8)),
            (["model.dtype=bfloat16", "model.vision_dtype=int8"], .init(.bfloat16, vision: .int8)),
        ] {
            let captioner = try Captioner(directory: small.root.appending(path: name), formats: formats)
            // All in one batch, as the captioner takes them: how finely narrow weights' inputs are rounded follows from
            // the number of rows.
            let written = try captions(name, options: shared + settings + ["run.batch_size_eval=\(pictures.count)"])
            #expect(try captioner.captions(of: pictures, options: options) == written, "\(settings)")
        }
    }

    @Test func pictureSizeAndConventionReachTheModel() throws {
        let plain = try captions(options: [])
        #expect(try captions(options: ["model.image_size=32"]) != plain)
        #expect(try captions(options: ["model.convention=hf", "run.length_penalty=-3"]) != plain)
        #expect(try captions(options: ["run.batch_size_eval=9"]) == plain)
    }

    /// In the original a question's padding counts, so that the others of its batch have a say in its answer.
    @Test func referenceBatchingCountsPadding() throws {
        let list = try Questions(
            contentsOf: small.annotations.appending(path: "vqa_val_eval.json"), imagesIn: small.images)
        let questions = try (0..<list.count).map(list.question)
        let answerer = try QuestionAnswerer(directory: small.root.appending(path: "captioner"))
        var options = QuestionAnswerer.Options()
        options.countsPadding = true
        options.lengthPenalty = -1
        var expected: [String] = []
        for start in stride(from: 0, to: questions.count, by: 7) {
            let batch = questions[start..<min(start + 7, questions.count)]
            expected += try answerer.answers(
                to: batch.map { QuestionText()($0.text) }, about: batch.map { try $0.picture.decode() },
                options: options)
        }
        let output = folder.file("reference")
        try small.evaluate(
            small.configuration("vqa"), options: ["run.batch_size_eval=7"], additions: ["run.reference_batching=true"],
            in: output)
        let answers = try entries(output.appending(path: "test/predictions.json")).map { try $0["answer"].string }
        #expect(answers == expected)
    }
}
