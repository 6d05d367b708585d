import Evaluation
import Foundation
import JSON
import TestSupport
import Testing

/// Configurations that say something wrong, and data that do not belong together: one clear error each, before any model is
/// opened.
struct EvaluationConfigurationTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
    }

    private func message(_ task: String, _ options: String...) -> String {
        small.message { try small.evaluate(small.configuration(task), options: options, in: folder.file("run")) }
    }

    private func expect(
        _ message: String, says words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for word in words {
            #expect(message.contains(word), "lacks \(word): \(message)", sourceLocation: sourceLocation)
        }
        #expect(folder.names == ["run.yaml"], "\(folder.names)", sourceLocation: sourceLocation)
    }

    @Test func settingsThatCannotBe() {
        expect(message("vqa", "run.num_beam=3"), says: ["run.num_beam", "the nearest valid key is num_beams"])
        expect(message("vqa", "run.k_test=3"), says: ["run.k_test", "unknown key"])
        expect(message("vqa", "run.num_beams=0"), says: ["run.num_beams", "is 0, wanted 1 to 1000"])
        expect(message("vqa", "run.prompt=\"answer:\""), says: ["run.prompt", "\"answer:\" has no {}"])
        expect(message("vqa", "run.splits=[dev]"), says: ["run.splits", "there is no split dev", "has test"])
        expect(message("vqa", "run.splits=[]"), says: ["run.splits", "wanted at least one"])
        expect(message("vqa", "run.task=vqq"), says: ["run.task", "one of captioning, vqa, gqa, retrieval"])
        expect(
            message("retrieval", "model.language_dtype=int8"),
            says: ["model.language_dtype", "retrieval asks no language model"])
        expect(message("vqa", "model.dtype=int7"), says: ["model.dtype", "one of float32, bfloat16, float16, int8"])
        expect(message("retrieval", "run.k_test=many"), says: ["run.k_test", "wanted an integer"])
        expect(message("captioning", "run.metrics=[blue]"), says: ["run.metrics", "one of bleu, meteor"])
        expect(
            message("captioning", "model.pretrained=/nowhere"),
            says: ["model.pretrained", "/nowhere: there is no such file or folder", "--options model.pretrained=PATH"])
        expect(message("captioning", "datasets.questions.images=x"), says: ["datasets.questions", "unknown key"])
    }

    @Test func aModelOfAnotherKind() {
        let matcher = small.root.appending(path: "matcher").path
        let message = message("captioning", "model.pretrained=\(matcher)")
        #expect(message.contains("matcher/config.json") && message.contains("blip-2"), "\(message)")
    }

    /// Questions 1 and 2 are about two pictures of the world.
    private func vqa(questions: String, answers: String) throws -> String {
        try folder.write(questions, "data/questions.json")
        try folder.write(answers, "data/answers.json")
        let path = "datasets.questions.splits.test"
        let message = small.message {
            try small.evaluate(
                small.configuration("vqa"),
                options: [
                    "\(path).questions=\(folder.file("data/questions.json").path)",
                    "\(path).annotations=\(folder.file("data/answers.json").path)",
                ], in: folder.file("run"))
        }
        #expect(folder.names == ["data", "run.yaml"], "\(folder.names)")
        return message
    }

    private func question(_ id: Int, _ image: String = "test/world_000005.jpg") -> String {
        #"{"image": "\#(image)", "question": "what is it?", "question_id": \#(id)}"#
    }

    private func answer(_ id: Int) -> String { #"{"question_id": \#(id), "answer": ["circle", "circle"]}"# }

    @Test func questionsWithoutPictures() throws {
        let message = try vqa(questions: "[\(question(1, "test/gone.jpg"))]", answers: "[\(answer(1))]")
        #expect(message.contains("questions.json: the picture ") && message.contains("test/gone.jpg is not there"))
    }

    @Test func answersWithoutQuestions() throws {
        let message = try vqa(questions: "[\(question(1))]", answers: "[\(answer(1)), \(answer(2))]")
        #expect(message.contains("answers.json: has answers for what ") && message.contains("1 question: 2"))
    }

    @Test func questionsWithoutAnswers() throws {
        let message = try vqa(questions: "[\(question(1)), \(question(2))]", answers: "[\(answer(1))]")
        #expect(message.contains("answers.json: lacks answers for what ") && message.contains("1 question: 2"))
    }

    @Test func questionsThatStandTwice() throws {
        let message = try vqa(questions: "[\(question(1)), \(question(1))]", answers: "[\(answer(1))]")
        #expect(message.contains("questions.json: lists more than once 1 question: 1"), "\(message)")
    }
}
