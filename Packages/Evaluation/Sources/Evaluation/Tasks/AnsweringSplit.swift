import BLIP2
import Datasets
import EvaluationMetrics
import Foundation
import JSON
import Reports

/// Answers to the questions of a split.
struct AnsweringSplit: SplitTask {
    /// What answers are compared with.
    enum Truth {
        /// Those of ten people.
        case people(VQAAnnotations)
        /// The right one.
        case single(GQAAnnotations)
        /// It is kept back.
        case unknown
    }

    /// Whose files and results these are.
    enum Benchmark { case vqa, gqa }

    let files: [URL]
    private let questions: [Question]
    private let truth: Truth
    private let benchmark: Benchmark
    private let settings: AnsweringSettings
    private let bootstrap: Bootstrap?

    /// Reads questions and answers, and finds out whether they and the pictures belong together.
    ///
    /// - Throws: an error that names the file and what is wrong in it.
    init(
        _ split: QuestionSplit, imagesIn folder: URL, _ benchmark: Benchmark, _ settings: AnsweringSettings,
        _ bootstrap: Bootstrap?
    ) throws {
        files = [split.questions, split.annotations].compactMap { $0 }
        let list = try Questions(contentsOf: split.questions, imagesIn: folder)
        questions = try (0..<list.count).map(list.question)
        truth = try Self.truth(split, benchmark, isInList: questions.allSatisfy { !$0.answers.isEmpty })
        self.benchmark = benchmark
        self.settings = settings
        self.bootstrap = bootstrap
        let known: [ImageID] =
            switch truth {
            case .people(let annotations): annotations.questions.map(\.id)
            case .single(let annotations): annotations.answers.map(\.id)
            case .unknown: questions.map { .number($0.id) }
            }
        try requireSameIDs(
            questions.map { .number($0.id) }, of: split.questions, noun: "question", known,
            of: split.annotations ?? split.questions, "answers")
        try requirePictures(questions.map(\.picture), of: split.questions)
    }

    private static func truth(_ split: QuestionSplit, _ benchmark: Benchmark, isInList: Bool) throws -> Truth {
        guard let file = split.annotations ?? (isInList ? split.questions : nil) else { return .unknown }
        switch benchmark {
        case .vqa: return .people(try VQAAnnotations(contentsOf: file))
        case .gqa: return .single(try GQAAnnotations(contentsOf: file))
        }
    }

    func result(
        _ model: ModelSource, shard: Shard?, journal: (String) throws -> BatchJournal
    ) throws -> SplitResult? {
        let phase = AnsweringPhase(questions: questions, settings: settings, model: model)
        guard let records = try phase.carryOut(in: journal(phase.name), shard: shard) else { return nil }
        let answers = try zip(questions, records).map { question, record in
            let id = try record["question_id"].int
            guard id == question.id else { throw record.error("is of question \(id), wanted \(question.id)") }
            return try record["answer"].string
        }
        let scored = try AnsweredQuestions(
            questions, answers: answers, truth, lemmatizes: settings.lemmatizes, bootstrap)
        return SplitResult(
            predictions: predictions(scored.items.map(\.compared)), samples: scored.samples, scores: scored.scores,
            table: scored.table, page: AnswerPage(scored).page)
    }

    /// What the benchmark's server takes: EvalAI's for VQA, GQA's own.
    private func predictions(_ answers: [String]) -> JSONTree {
        .array(
            zip(questions, answers).map { question, answer in
                switch benchmark {
                case .vqa: ["question_id": .integer(question.id), "answer": .string(answer)]
                case .gqa: ["questionId": .string(String(question.id)), "prediction": .string(answer)]
                }
            })
    }
}
