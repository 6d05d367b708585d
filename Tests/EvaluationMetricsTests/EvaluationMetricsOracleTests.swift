import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct EvaluationMetricsOracleTests {
    /// The sentences were tokenized as one text in this order, those with line separators each alone.
    @Test func tokenizesEveryNastySentence() throws {
        let oracle = try OracleFolder()
        var comparison = Comparison("ptb")
        for name in try oracle.names(in: "ptb") {
            try #require(name.hasSuffix(".jsonl"), "ptb/\(name) is of no known kind")
            let cases = try oracle.lines("ptb/\(name)").map(PTBCase.init)
            let together = cases.filter { !$0.hasSeparator }
            let lines = PTBTokenizer().lines(of: together.map(\.line).joined(separator: "\n"))
            try #require(lines.count == together.count)
            let words = PTBTokenizer().tokenize(together.map(\.text))
            for ((item, line), words) in zip(zip(together, lines), words) {
                comparison.check(line.utf8.elementsEqual(item.raw.utf8), "\(item.line) gave \(line)")
                comparison.check(item.hasTokens(words), "\(item.line) gave the words \(words)")
            }
            for item in cases where item.hasSeparator {
                comparison.check(item.isRaw(PTBTokenizer().lines(of: item.line)), "\(item.line.debugDescription)")
                guard item.tokens != nil else { continue }
                comparison.check(item.hasTokens(PTBTokenizer().tokenize(item.text)), item.line.debugDescription)
            }
        }
        comparison.close("lines")
    }

    @Test func tokenizesEveryReference() throws {
        let oracle = try OracleFolder()
        var comparison = Comparison("tokenized references")
        for name in try oracle.names(in: "caption_scores") where name.hasSuffix(".tokenized.json") {
            let wanted = try oracle.json("caption_scores/\(name)")
            let truth = name.replacingOccurrences(of: ".tokenized", with: "")
            let references = try CaptionReferences(contentsOf: oracle.file("captions/\(truth)"))
            let words = PTBTokenizer().tokenize(references.images.flatMap(\.captions))
            let names = references.images.flatMap { image in image.captions.indices.map { (image.id, $0) } }
            for ((id, place), words) in zip(names, words) {
                let line = try wanted["\(id)"].array[place].string
                comparison.check(words.joined(separator: " ").utf8.elementsEqual(line.utf8), "\(name) \(id): \(words)")
            }
        }
        comparison.close("captions")
    }

    @Test func scoresAnswersAsVQAEval() throws {
        let oracle = try OracleFolder()
        let wanted = try oracle.json("processors/vqa_eval.json")
        let annotations = VQAAnnotations(
            try wanted["ground_truth"].array.map { question in
                .init(
                    id: try ImageID(question["question_id"]), questionType: try question["question_type"].string,
                    answerType: try question["answer_type"].string,
                    answers: try question["answers"].array.map { try $0["answer"].string })
            })
        let predictions = AnswerPredictions(
            try wanted["results"].array.map { (id: try ImageID($0["question_id"]), answer: try $0["answer"].string) })
        let evaluation = try VQAEvaluation(predictions: predictions, annotations: annotations)
        var questions = Comparison("answers")
        for (id, accuracy) in evaluation.questions {
            questions.check(
                100 * accuracy, try wanted["per_question"]["\(id)"].double, within: 0.005 + 1e-9, "question \(id)")
        }
        questions.close("questions")
        let report = try JSONDocument(parsing: JSONWriter().bytes(evaluation.report.tree), name: "report").root
        #expect(try report["overall"].double == wanted["accuracy"]["overall"].double)
        for key in ["perQuestionType", "perAnswerType"] {
            for member in try wanted["accuracy"][key].object {
                #expect(try report[key][member.key].double == member.value.double)
            }
        }
    }

    /// What people said in one voice is compared as it stands, so that an answer equals its own normal form only.
    @Test func normalizesAnswersAsVQAEval() throws {
        let oracle = try OracleFolder()
        var comparison = Comparison("normal forms")
        for (place, item) in try oracle.json("processors/vqa_eval.json")["normalise"].array.enumerated() {
            let (text, form) = (try item["text"].string, try item["punct_then_digit_article"].string)
            let evaluation = try VQAEvaluation(
                predictions: AnswerPredictions([(id: .number(place), answer: text)]),
                annotations: VQAAnnotations([.init(id: .number(place), answers: [form, form, form, form])]))
            comparison.check(
                evaluation.questions[0].accuracy == 1, "\(text.debugDescription), wanted \(form.debugDescription)")
        }
        comparison.close("answers")
    }

    @Test(.enabled(if: METEORFile.isNamed, METEORFile.whenNamed))
    func scoresMETEOROfEveryCandidateFile() throws {
        let oracle = try OracleFolder()
        let data = try METEORData(contentsOf: URL(fileURLWithPath: METEORFile.path))
        var corpora = Comparison("METEOR of corpora")
        var images = Comparison("METEOR of images")
        var lines = Comparison("METEOR statistics")
        for (name, wanted) in try oracle.scoreFiles() {
            let evaluation = try CaptionEvaluation(
                predictions: CaptionPredictions(contentsOf: oracle.file("captions/\(wanted["candidates"].string)")),
                references: CaptionReferences(contentsOf: oracle.file("captions/\(wanted["references"].string)")),
                metrics: [.meteor], resources: CaptionResources(meteor: data))
            corpora.check(
                try #require(evaluation.report["METEOR"]), try wanted["corpus"]["METEOR"].double, within: 1e-6, name)
            for (image, value) in zip(evaluation.images, try wanted["per_image"]["METEOR"].array) {
                images.check(
                    try #require(image.scores["METEOR"]), try value.double, within: 1e-6, "\(name) \(image.id)")
            }
            guard let stored = try wanted["per_image"].optional("METEOR_stats") else { continue }
            for (image, line) in zip(evaluation.images, try stored.array) {
                lines.check(try image.meteor?.line == line.string, "\(name) \(image.id): \(image.meteor?.line ?? "")")
            }
        }
        corpora.close("values")
        images.close("values")
        lines.close("lines")
    }

    @Test func scoresEveryCandidateFile() throws {
        let oracle = try OracleFolder()
        var corpora = Comparison("corpus scores")
        var images = Comparison("image scores")
        var captions = Comparison("tokenized candidates")
        for (name, wanted) in try oracle.scoreFiles() {
            let predictions = try CaptionPredictions(
                contentsOf: oracle.file("captions/\(wanted["candidates"].string)"))
            let evaluation = try CaptionEvaluation(
                predictions: predictions,
                references: CaptionReferences(contentsOf: oracle.file("captions/\(wanted["references"].string)")))
            let ids = try wanted["per_image"]["image_ids"].array.map { try ImageID($0) }
            try #require(ids == evaluation.images.map(\.id))
            for score in evaluation.report.scores {
                corpora.check(
                    try #require(score.value), try wanted["corpus"][score.key].double, within: 1e-9,
                    "\(name) \(score.key)")
                for (image, value) in zip(evaluation.images, try wanted["per_image"][score.key].array) {
                    images.check(
                        try #require(image.scores[score.key]), try value.double, within: 1e-9,
                        "\(name) \(image.id) \(score.key)")
                }
            }
            for (image, words) in zip(evaluation.images, PTBTokenizer().tokenize(evaluation.images.map(\.caption))) {
                let line = try wanted["candidates_tokenized"]["\(image.id)"].string
                captions.check(words.joined(separator: " ").utf8.elementsEqual(line.utf8), "\(name) \(image.id)")
            }
        }
        corpora.close("values")
        images.close("values")
        captions.close("captions")
    }
}
