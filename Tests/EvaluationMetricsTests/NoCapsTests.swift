import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct NoCapsTests {
    private let captions = ["a dog runs", "a cat sits", "two birds fly", "a red car", "one tree"]
    private let domains = ["in-domain", "out-domain", "in-domain", "out-domain", "in-domain"]

    private func references(_ domains: [String?]) -> CaptionReferences {
        CaptionReferences(
            zip(captions, domains).enumerated().map { place, item in
                .init(id: .number(place), captions: [item.0, "something else"], domain: item.1)
            }, name: "R.json")
    }

    private var predictions: CaptionPredictions {
        CaptionPredictions(captions.enumerated().map { (id: .number($0), caption: $1 + " now") })
    }

    /// Each domain is a set of its own, with document frequencies of its own.
    @Test func scoresEachDomainAsASet() throws {
        let evaluation = try NoCapsEvaluation(predictions: predictions, references: references(domains))
        #expect(evaluation.domains.map(\.name) == ["in-domain", "out-domain", "overall"])
        #expect(evaluation.domains.map(\.evaluation.report.count) == [3, 2, 5])
        let places = [0, 2, 4]
        let alone = try CaptionEvaluation(
            predictions: CaptionPredictions(places.map { predictions.captions[$0] }),
            references: CaptionReferences(places.map { references(domains).images[$0] }))
        #expect(evaluation.domains[0].evaluation.report["CIDEr"] == alone.report["CIDEr"])
        #expect(alone.report["CIDEr"] != evaluation.domains[2].evaluation.report["CIDEr"])
        let tree = try JSONDocument(parsing: JSONWriter().bytes(evaluation.tree), name: "report").root
        #expect(try tree["out-domain"]["count"].int == 2)
        #expect(evaluation.table.contains("out-domain: 2 images"))
    }

    @Test func domainsMustBeKnown() {
        let error = #expect(throws: EvaluationError.self) {
            try NoCapsEvaluation(predictions: predictions, references: references([nil, nil, nil, nil, nil]))
        }
        #expect(
            error?.description == "R.json: image 0 has no domain, wanted one of in-domain, near-domain, out-domain")
    }

    @Test func readsDomainsFromTheFile() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("nocaps-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data(
            #"{"images": [{"id": 0, "domain": "near-domain"}], "annotations": [{"image_id": 0, "caption": "a"}]}"#.utf8
        ).write(to: url)
        #expect(try CaptionReferences(contentsOf: url).images[0].domain == "near-domain")
    }

    @Test func linesOfJSONHoldEachImage() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("lines-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: url) }
        let evaluation = try CaptionEvaluation(predictions: predictions, references: references(domains))
        try evaluation.writeImages(to: url)
        let lines = try jsonLines(url)
        #expect(lines.count == 5)
        #expect(
            try lines[2].object.map(\.key)
                == ["image_id", "caption", "Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"])
        #expect(try lines[2]["image_id"].int == 2)
        #expect(try lines[2]["CIDEr"].double == evaluation.images[2].scores["CIDEr"])
    }
}
