import EvaluationMetrics
import Foundation
import JSON
import Testing

@Suite struct AnswerTests {
    private func temporaryFile<Result>(_ text: String, _ body: (URL) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("answers-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }

    private func accuracy(_ answer: String, _ answers: [String]) throws -> Double {
        try VQAEvaluation(
            predictions: AnswerPredictions([(id: 1, answer: answer)]),
            annotations: VQAAnnotations([.init(id: 1, answers: answers)])
        ).questions[0].accuracy
    }

    private let people = ["red", "red", "red", "blue", "blue", "2", "2", "a b", "no.", "dark, red"]

    /// Whoever gave an answer does not count for it, so that three equal answers of ten give 0.9.
    @Test(arguments: [
        ("red", 0.9), ("RED", 0.9), (" the red\n", 0.9), ("red.", 0.9), ("two", 0.6), ("blue", 0.6), ("no", 0.3),
        ("a b", 0), ("dark red", 0.3), ("green", 0), ("", 0),
    ])
    func countsThePeopleWhoAgree(_ answer: String, _ wanted: Double) throws {
        #expect(abs(try accuracy(answer, people) - wanted) < 1e-12)
    }

    @Test func keepsTheQuirksOfTheRules() throws {
        // Equal answers keep their punctuation, and so no prediction can equal them.
        #expect(try accuracy("no.", [String](repeating: "no.", count: 10)) == 0)
        #expect(try accuracy("no", [String](repeating: "no", count: 10)) == 1)
        // A number like 1,000 glues what other marks part.
        #expect(try accuracy("1,000 t-shirts", [String](repeating: "1000 tshirts", count: 10)) == 1)
        #expect(try accuracy("t-shirts", [String](repeating: "t shirts", count: 10)) == 1)
        #expect(try accuracy("1.5", [String](repeating: "1.5", count: 10)) == 1)
        // Python's lower case has a final sigma.
        #expect(try accuracy("ΣΊΣΥΦΟΣ", [String](repeating: "σίσυφος", count: 10)) == 1)
        #expect(try accuracy("dont", [String](repeating: "don't", count: 10)) == 1)
    }

    @Test func sortsQuestionsByKind() throws {
        let annotations = VQAAnnotations([
            .init(id: 1, questionType: "is the", answerType: "yes/no", answers: ["yes", "yes", "yes", "yes"]),
            .init(id: 2, questionType: "what", answerType: "other", answers: ["cat", "cat", "cat", "cat"]),
            .init(id: 3, questionType: "what", answerType: "number", answers: ["3", "3", "3", "3"]),
        ])
        let predictions = AnswerPredictions([(id: 3, answer: "three"), (id: 2, answer: "dog"), (id: 1, answer: "Yes")])
        let report = try VQAEvaluation(
            predictions: predictions, annotations: annotations, bootstrap: Bootstrap(sampleCount: 200)
        ).report
        let tree = try JSONDocument(parsing: JSONWriter().bytes(report.tree), name: "report").root
        #expect(try tree["overall"].double == 66.67)
        #expect(try tree["perQuestionType"].object.map(\.key) == ["is the", "what"])
        #expect(try tree["perQuestionType"]["what"].double == 50)
        #expect(try tree["perAnswerType"]["other"].double == 0)
        #expect(try tree["count"].int == 3)
        #expect(try #require(report.interval).contains(report.accuracy))
        #expect(report.table.contains(" 50.00  2 questions"))
    }

    @Test func whatDoesNotMatchIsRefusedByName() throws {
        let error = #expect(throws: EvaluationError.self) {
            try VQAEvaluation(
                predictions: AnswerPredictions([(id: 1, answer: "a"), (id: 1, answer: "b"), (id: 9, answer: "c")]),
                annotations: VQAAnnotations([.init(id: 1, answers: ["a"]), .init(id: 2, answers: ["b"])]))
        }
        #expect(
            error?.problem == "1 question without a prediction: 2; 1 question predicted but not in the references: 9; "
                + "1 question predicted more than once: 1")
    }

    @Test func readsTheFilesOfVQAAndOfLAVIS() throws {
        let official = #"""
            {"info": {}, "annotations": [{"question_id": 7, "question_type": "is", "answer_type": "yes/no", "answers":
            [{"answer": "yes", "answer_id": 1, "answer_confidence": "maybe"}, {"answer": "no", "answer_id": 2}]}]}
            """#
        let questions = try temporaryFile(official) { try VQAAnnotations(contentsOf: $0) }.questions
        #expect(questions.map(\.id) == [7])
        #expect(questions[0].answers == ["yes", "no"] && questions[0].answerType == "yes/no")
        let list = try temporaryFile(#"[{"question_id": "x", "answer": ["a", "b"]}]"#) {
            try VQAAnnotations(contentsOf: $0)
        }
        #expect(list.questions[0].answers == ["a", "b"])
        let results = #"[{"question_id": 7, "answer": "yes"}, {"questionId": "8", "prediction": "no"}]"#
        #expect(
            try temporaryFile(results) { try AnswerPredictions(contentsOf: $0) }.answers.map(\.answer) == ["yes", "no"])
        #expect(throws: JSONError.self) { try temporaryFile(#"{"a": 1}"#) { try AnswerPredictions(contentsOf: $0) } }
        #expect(throws: JSONError.self) {
            try temporaryFile(#"[{"question_id": 1, "answer": []}]"#) { try VQAAnnotations(contentsOf: $0) }
        }
    }

    @Test func scoresGQAByExactMatch() throws {
        let questions = #"{"1": {"answer": "yes"}, "2": {"answer": "t-shirt"}, "x3": {"answer": "2"}}"#
        let annotations = try temporaryFile(questions) { try GQAAnnotations(contentsOf: $0) }
        let predictions = AnswerPredictions([
            (id: 1, answer: "Yes."), (id: 2, answer: "t-shirt"), (id: "x3", answer: "two"),
        ])
        let evaluation = try GQAEvaluation(predictions: predictions, annotations: annotations)
        // Quirk: the right answer keeps its dash, the prediction does not.
        #expect(evaluation.questions.map(\.isRight) == [true, false, true])
        #expect(abs(evaluation.report.accuracy - 200 / 3) < 1e-12)
    }
}
