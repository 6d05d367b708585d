import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct CaptionEvaluationTests {
    @Test func equalsPycocoevalcapOnOwnCaptions() throws {
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions(contentsOf: fixture("captions_results.json")),
            references: CaptionReferences(contentsOf: fixture("captions_references.json")),
            metrics: [.bleu, .rouge, .cider, .plainCIDEr])
        let wanted = try JSONDocument(contentsOf: fixture("captions_scores.json")).root
        #expect(try evaluation.images.map(\.id) == wanted["image_ids"].array.map { try ImageID($0) })
        var comparison = Comparison("own captions")
        for score in evaluation.report.scores {
            let corpus = try wanted["corpus"][score.key].double
            comparison.check(try #require(score.value), corpus, within: 1e-12, score.key)
            for (image, value) in zip(evaluation.images, try wanted["per_image"][score.key].array) {
                let score = try #require(image.scores[score.key])
                comparison.check(score, try value.double, within: 1e-12, "\(image.id) \(score)")
            }
        }
        comparison.close("values")
        #expect(evaluation.report.count == 60)
        #expect(evaluation.images[0].fileName == "picture_\(evaluation.images[0].id).jpg")
    }

    private func references(_ images: KeyValuePairs<ImageID, [String]>) -> CaptionReferences {
        CaptionReferences(images.map { CaptionReferences.Image(id: $0.key, captions: $0.value) }, name: "R.json")
    }

    private func predictions(_ captions: KeyValuePairs<ImageID, String>) -> CaptionPredictions {
        CaptionPredictions(captions.map { (id: $0.key, caption: $0.value) }, name: "P.json")
    }

    @Test func oneImageHasNoCIDEr() throws {
        let evaluation = try CaptionEvaluation(
            predictions: predictions([1: "a dog on a beach"]), references: references([1: ["a dog on a beach"]]))
        #expect(evaluation.report["CIDEr"] == nil)
        #expect(evaluation.images[0].scores["CIDEr"] == nil)
        let note = evaluation.report.scores.first { $0.key == "CIDEr" }?.note
        #expect(note?.hasPrefix("undefined: one image") == true)
        #expect(abs(try #require(evaluation.report["Bleu_4"]) - 1) < 1e-8)
        #expect(evaluation.report["ROUGE_L"] == 1)
        #expect(evaluation.report.aggregate == nil)
    }

    @Test func emptyAndOddCaptionsAreScored() throws {
        let long = [String](repeating: "a man on a horse", count: 80).joined(separator: " ")
        let evaluation = try CaptionEvaluation(
            predictions: predictions([1: "", 2: "a\ndog\u{0}", 3: "😀", 4: long]),
            references: references([1: ["a cat"], 2: ["a dog"], 3: [""], 4: [long, "a man"]]))
        #expect(evaluation.images[0].scores["ROUGE_L"] == 0)
        #expect(evaluation.images[1].scores["ROUGE_L"] == 1)
        #expect(evaluation.images[2].scores["ROUGE_L"] == 1)
        #expect(evaluation.images[3].scores["ROUGE_L"] == 1)
        #expect(evaluation.images.allSatisfy { $0.scores.values.allSatisfy(\.isFinite) })
    }

    @Test func aWordSaidFiftyThousandTimesIsScored() throws {
        let barking = [String](repeating: "dog", count: 50_000).joined(separator: " ")
        let evaluation = try CaptionEvaluation(
            predictions: predictions([1: barking, 2: "a cat"]),
            references: references([1: ["a dog"], 2: ["a cat"]]), metrics: [.cider, .plainCIDEr],
            bootstrap: Bootstrap(sampleCount: 4))
        // A vector of one word, long or short, has the same cosine with that of "a dog", in which "a" weighs nothing.
        #expect(abs(try #require(evaluation.images[0].scores["CIDEr_plain"]) - 2.5) < 1e-9)
        #expect(evaluation.report.scores.allSatisfy { $0.interval?.upperBound.isFinite == true })
    }

    @Test func whatDoesNotMatchIsRefusedByName() throws {
        let error = #expect(throws: EvaluationError.self) {
            try CaptionEvaluation(
                predictions: predictions([1: "a", 1: "b", 9: "c", "x": "d"]),
                references: references([1: ["a"], 2: ["b"], 3: ["c"]]))
        }
        #expect(
            error?.description == "P.json against R.json: 2 images without a prediction: 2, 3; "
                + "2 images predicted but not in the references: 9, x; 1 image predicted more than once: 1")
    }

    @Test func whatDoesNotMatchCanBeSkipped() throws {
        let evaluation = try CaptionEvaluation(
            predictions: predictions([1: "a dog", 1: "b", 9: "c", 2: "a cat", 4: "x"]),
            references: references([3: ["c"], 2: ["a cat"], 1: ["a dog"], 4: []]), missing: .skip)
        #expect(evaluation.images.map(\.id) == [2, 1])
        #expect(evaluation.images.map(\.caption) == ["a cat", "a dog"])
        #expect(evaluation.report.matching.missing == [3])
        #expect(evaluation.report.matching.withoutReferences == [4])
        #expect(throws: EvaluationError.self) {
            try CaptionEvaluation(
                predictions: predictions([7: "a"]), references: references([1: ["a"]]), missing: .skip)
        }
    }

    @Test func manyIDsAreCountedAndTenNamed() throws {
        let images = (1...25).map { CaptionReferences.Image(id: .number($0), captions: ["a"]) }
        let error = #expect(throws: EvaluationError.self) {
            try CaptionEvaluation(predictions: predictions([1: "a"]), references: CaptionReferences(images))
        }
        #expect(error?.problem == "24 images without a prediction: 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...")
    }

    @Test func idsMatchAsTextAndAsNumbers() {
        #expect(ImageID("12") == 12)
        #expect(ImageID("012") != 12)
        #expect(ImageID("-7") == .number(-7))
        #expect(ImageID("").description == "")
    }

    @Test func reportsAsJSONAndAsTable() throws {
        let report = try CaptionEvaluation(
            predictions: predictions([1: "a dog", 2: "a cat"]), references: references([1: ["a dog"], 2: ["a cow"]]),
            metrics: [.rouge, .cider, .meteor]
        ).report
        let tree = try JSONDocument(parsing: JSONWriter().bytes(report.tree), name: "report").root
        #expect(try tree.object.map(\.key) == ["METEOR", "ROUGE_L", "CIDEr", "count", "scale", "notes"])
        #expect(try tree["METEOR"].isNull)
        #expect(try tree["ROUGE_L"].double == report["ROUGE_L"])
        #expect(try tree["scale"]["CIDEr"].double == 10)
        #expect(try tree["notes"]["METEOR"].string.hasPrefix("not computed: "))
        #expect(report.table.contains("ROUGE_L   75.00"))
    }
}
