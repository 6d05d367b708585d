import EvaluationMetrics
import Foundation
import JSON
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

    @Test func scoresEveryCandidateFile() throws {
        let oracle = try OracleFolder()
        var corpora = Comparison("corpus scores")
        var images = Comparison("image scores")
        var captions = Comparison("tokenized candidates")
        let others = ["summary.json", "timing_whole_process.json"]
        for name in try oracle.names(in: "caption_scores")
        where !name.hasSuffix(".tokenized.json") && !others.contains(name) {
            let wanted = try oracle.json("caption_scores/\(name)")
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
