import Datasets
import EvaluationMetrics
import Foundation
import JSON

/// Questions with the answers of a model, scored.
struct AnsweredQuestions {
    /// One of them.
    struct Item {
        let question: Question
        let answer: String
        /// The answer as it is compared.
        let compared: String
        /// What people answered, each answer once, the most frequent first; empty where it is kept back.
        let truth: [(answer: String, count: Int)]
        /// `yes/no`, `number` or `other`; empty if the data set does not say.
        let type: String
        /// 0 to 1; nil where there is nothing to compare with.
        let accuracy: Double?
    }

    let items: [Item]
    /// Nil where the right answers are kept back.
    let report: AnswerReport?
    /// The same of the answers as they were written, where others are compared.
    private let plainReport: AnswerReport?

    /// Scores answers, one to each question.
    ///
    /// - Parameters:
    ///   - lemmatizes: whether their nouns and verbs are put into base forms before
    /// - Throws: `EvaluationError` if questions and known answers do not belong together.
    init(
        _ questions: [Question], answers: [String], _ truth: AnsweringSplit.Truth, lemmatizes: Bool,
        _ bootstrap: Bootstrap?
    ) throws {
        let lemmatizer = AnswerLemmatizer()
        let compared = lemmatizes ? answers.map { lemmatizer($0) } : answers
        let predictions = AnswerPredictions(zip(questions, compared).map { (.number($0.id), $1) })
        let written = AnswerPredictions(zip(questions, answers).map { (.number($0.id), $1) })
        var known: [ImageID: (answers: [String], type: String, accuracy: Double)] = [:]
        switch truth {
        case .people(let annotations):
            let evaluation = try VQAEvaluation(
                predictions: predictions, annotations: annotations, bootstrap: bootstrap)
            report = evaluation.report
            plainReport = lemmatizes ? try VQAEvaluation(predictions: written, annotations: annotations).report : nil
            for (question, score) in zip(annotations.questions, evaluation.questions) {
                known[question.id] = (question.answers, question.answerType, score.accuracy)
            }
        case .single(let annotations):
            let evaluation = try GQAEvaluation(
                predictions: predictions, annotations: annotations, bootstrap: bootstrap)
            report = evaluation.report
            plainReport = lemmatizes ? try GQAEvaluation(predictions: written, annotations: annotations).report : nil
            for (answer, score) in zip(annotations.answers, evaluation.questions) {
                known[answer.id] = ([answer.answer], "", score.isRight ? 1 : 0)
            }
        case .unknown: (report, plainReport) = (nil, nil)
        }
        items = questions.indices.map { place in
            let question = questions[place]
            let found = known[.number(question.id)]
            return Item(
                question: question, answer: answers[place], compared: compared[place],
                truth: Self.counted(found?.answers ?? []),
                type: found?.type ?? "", accuracy: found?.accuracy)
        }
    }

    private static func counted(_ answers: [String]) -> [(answer: String, count: Int)] {
        let counts = Dictionary(answers.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (answer: $0.key, count: $0.value) }
    }

    /// One for each question: id, picture, question, answer, and what is known of it.
    var samples: [JSONTree] {
        items.map { item in
            var members: [(key: String, value: JSONTree)] = [
                ("question_id", .integer(item.question.id)), ("image", .string(item.question.picture.description)),
                ("question", .string(item.question.text)), ("answer", .string(item.answer)),
            ]
            if item.compared != item.answer { members.append(("lemmas", .string(item.compared))) }
            if !item.type.isEmpty { members.append(("answer_type", .string(item.type))) }
            if let accuracy = item.accuracy {
                members.append(("answers", .object(item.truth.map { ($0.answer, .integer($0.count)) })))
                members.append(("accuracy", .number(accuracy)))
            }
            return .object(members)
        }
    }

    /// The scores, and of lemmas also the accuracy without them.
    var scores: JSONTree? {
        guard let report else { return nil }
        guard let plainReport, case .object(let members) = report.tree else { return report.tree }
        return .object(members + [("without_lemmatizer", plainReport.tree)])
    }

    /// The scores for a reader.
    var table: String {
        guard let report else {
            return "\(items.count) answers; the right ones are kept back, so there are no scores"
        }
        let plain = plainReport.map { String(format: "\nwithout the lemmatizer  %6.2f", $0.accuracy) }
        return report.table + (plain ?? "")
    }
}
