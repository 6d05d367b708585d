/// Scores answers as VQAEval does, for VQAv2 and OK-VQA.
///
/// An answer is right as far as three of the other nine people gave it: the mean over the ten of
/// min(1, equal answers among the others / 3). Antol et al., "VQA: visual question answering", ICCV 2015.
public struct VQAEvaluation: Sendable {
    /// The accuracy of the whole set, by answer type and by question type.
    public let report: AnswerReport
    /// The accuracy of each question, 0 to 1, in the order of the annotations.
    public let questions: [(id: ImageID, accuracy: Double)]

    /// Scores predictions.
    ///
    /// - Parameters:
    ///   - missing: what to do when predictions and annotations do not cover the same questions.
    ///   - bootstrap: how to resample the questions for the interval; none if nil.
    /// - Throws: `EvaluationError` when they do not and must, or when no question is left.
    public init(
        predictions: AnswerPredictions, annotations: VQAAnnotations, missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap? = nil
    ) throws {
        let (matching, pairs) = try CaptionMatching.checked(
            predictions.answers.map(\.id), annotations.questions.map(\.id), noun: "question",
            files: "\(predictions.name) against \(annotations.name)", missing)
        let accuracies = parallelMap(pairs.count) { place in
            let (known, predicted) = pairs[place]
            return VQAEvaluation.accuracy(predictions.answers[predicted].answer, annotations.questions[known])
        }
        let known = pairs.map { annotations.questions[$0.known] }
        questions = zip(known, accuracies).map { ($0.id, $1) }
        report = AnswerReport(
            accuracies,
            kinds: [("perQuestionType", known.map(\.questionType)), ("perAnswerType", known.map(\.answerType))],
            matching, bootstrap)
    }

    /// The accuracy of one answer, 0 to 1.
    static func accuracy(_ prediction: String, _ question: VQAAnnotations.Question) -> Double {
        let prediction = AnswerNormalization.prediction(prediction)
        // Quirk: people's answers lose their punctuation only where they are not all equal, and nothing else.
        let isUnanimous = question.answers.dropFirst().allSatisfy { $0.equalsAsInPython(question.answers[0]) }
        let answers = isUnanimous ? question.answers : question.answers.map(AnswerNormalization.punctuation)
        let equal = answers.map { $0.equalsAsInPython(prediction) }
        let count = equal.count { $0 }
        guard count > 0 else { return 0 }
        var sum = 0.0
        for place in answers.indices {
            // The answer itself is no other; nor is one that equals it in all, id included.
            let own = answers.indices.count { other in
                equal[other] && question.marks[other] == question.marks[place]
                    && answers[other].equalsAsInPython(answers[place])
            }
            sum += min(1, Double(count - own) / 3)
        }
        return sum / Double(answers.count)
    }
}
