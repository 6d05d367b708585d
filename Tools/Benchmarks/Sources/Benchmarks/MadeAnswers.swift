import Foundation

/// Annotations and answers in VQA's formats, made by rule, as many as VQAv2's validation set has.
enum MadeAnswers {
    static let questionCount = 214_354

    private static let answers = [
        "yes", "no", "2", "white", "left", "on the table", "frisbee", "3", "blue", "skateboarding",
    ]
    private static let kinds = [
        ("is the", "yes/no"), ("how many", "number"), ("what color is the", "other"), ("what", "other"),
    ]

    /// Writes annotations and the answers of a system, and returns their files.
    static func write(to folder: URL) throws -> (annotations: URL, answers: URL) {
        var annotations = Data(
            #"{"info": {"version": "2.0"}, "license": {}, "data_type": "mscoco", "annotations": ["#.utf8)
        var results = Data("[".utf8)
        for question in 0..<questionCount {
            let separator = question == 0 ? "" : ", "
            annotations.append(Data((separator + annotation(question)).utf8))
            let answer = answers[question % 3 == 0 ? question / 3 % answers.count : question % answers.count]
            results.append(Data("\(separator){\"answer\": \"\(answer)\", \"question_id\": \(id(question))}".utf8))
        }
        annotations.append(Data("]}".utf8))
        results.append(Data("]".utf8))
        let files = (folder.appendingPathComponent("annotations.json"), folder.appendingPathComponent("answers.json"))
        try annotations.write(to: files.0)
        try results.write(to: files.1)
        return files
    }

    private static func id(_ question: Int) -> Int { (42 + question / 4) * 1000 + question % 4 }

    private static func annotation(_ question: Int) -> String {
        let (questionType, answerType) = kinds[question % kinds.count]
        let said = (0..<10).map { person in
            let answer = answers[(question + (person % 4 == 3 ? person : 0)) % answers.count]
            return "{\"answer\": \"\(answer)\", \"answer_confidence\": \"yes\", \"answer_id\": \(person + 1)}"
        }
        return
            "{\"question_type\": \"\(questionType)\", \"multiple_choice_answer\": \"\(answers[question % answers.count])\", "
            + "\"answers\": [\(said.joined(separator: ", "))], \"image_id\": \(42 + question / 4), "
            + "\"answer_type\": \"\(answerType)\", \"question_id\": \(id(question))}"
    }
}
