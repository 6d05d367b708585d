import JSON

/// Questions in the formats of VQAv2 and OK-VQA, with ten answers each, and of GQA, with one.
struct QuestionAnnotations {
    let train: [World.Record]
    let test: [World.Record]
    /// The answer types of the questions that are taken.
    var types = Question.AnswerType.allCases

    /// The open questions alone, as OK-VQA has no others.
    var open: QuestionAnnotations { QuestionAnnotations(train: train, test: test, types: [.other]) }

    /// One record for each test question that is no count, as GQA has none of those.
    var gqaList: JSONTree {
        let questions = QuestionAnnotations(train: train, test: test, types: [.yesNo, .other])
        return .array(
            questions.numbered(test).map { id, record, question in
                [
                    "image": .string(record.file), "question": .string(question.text),
                    "answer": .string(question.answer), "question_id": .integer(id),
                ]
            })
    }

    /// One record for each training question, as LAVIS keeps them.
    var trainList: JSONTree {
        .array(
            numbered(train).map { id, record, question in
                [
                    "image": .string(record.file), "question": .string(question.text),
                    "answer": .array(question.tenAnswers.map(JSONTree.string)), "question_id": .integer(id),
                    "dataset": "vqa",
                ]
            })
    }

    /// One record for each test question, as LAVIS keeps them.
    var testList: JSONTree {
        .array(
            numbered(test).map { id, record, question in
                ["image": .string(record.file), "question": .string(question.text), "question_id": .integer(id)]
            })
    }

    /// Every answer there is, the frequent ones first.
    var answerList: JSONTree {
        var counts: [String: Int] = [:]
        for (_, _, question) in numbered(train) + numbered(test) { counts[question.answer, default: 0] += 1 }
        return .array(counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { .string($0.key) })
    }

    /// The official file of the test questions.
    var officialQuestions: JSONTree {
        official(task: "Open-Ended", "questions") { id, record, question in
            ["image_id": .integer(record.id), "question": .string(question.text), "question_id": .integer(id)]
        }
    }

    /// The official file of the test answers.
    var officialAnnotations: JSONTree {
        official(task: nil, "annotations") { id, record, question in
            let answers = question.tenAnswers.enumerated().map { index, answer -> JSONTree in
                ["answer": .string(answer), "answer_confidence": "yes", "answer_id": .integer(index + 1)]
            }
            return [
                "question_type": .string(question.text.split(separator: " ").prefix(2).joined(separator: " ")),
                "multiple_choice_answer": .string(question.answer), "answers": .array(answers),
                "image_id": .integer(record.id), "answer_type": .string(question.type.rawValue),
                "question_id": .integer(id),
            ]
        }
    }

    private func official(
        task: String?, _ key: String, _ entry: (Int, World.Record, Question) -> JSONTree
    ) -> JSONTree {
        var members: [(key: String, value: JSONTree)] = [("info", ["description": "A small world", "version": "1"])]
        if let task { members.append(("task_type", .string(task))) }
        members += [
            ("data_type", "world"), ("data_subtype", "test"), ("license", ["name": "BSD-3-Clause"]),
            (key, .array(numbered(test).map(entry))),
        ]
        return .object(members)
    }

    /// The questions with their numbers, which begin with the picture's.
    private func numbered(_ records: [World.Record]) -> [(Int, World.Record, Question)] {
        records.flatMap { record in
            record.questions.enumerated().filter { types.contains($0.element.type) }
                .map { (record.id * 10 + $0.offset, record, $0.element) }
        }
    }
}

extension Question {
    /// What ten people answered: seven the one, three the other where there is another.
    fileprivate var tenAnswers: [String] {
        (0..<10).map { $0 < 7 ? answer : alternative ?? answer }
    }
}
