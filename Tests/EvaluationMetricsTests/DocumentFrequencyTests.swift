import EvaluationMetrics
import Foundation
import JSON
import Testing

@Suite struct DocumentFrequencyTests {
    private let references: CaptionReferences
    private let predictions: CaptionPredictions

    init() throws {
        references = try CaptionReferences(contentsOf: fixture("captions_references.json"))
        predictions = try CaptionPredictions(contentsOf: fixture("captions_results.json"))
    }

    private func temporary(_ text: String? = nil) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("idf-\(UUID().uuidString).json")
        if let text { try Data(text.utf8).write(to: url) }
        return url
    }

    @Test func frequenciesOfTheReferencesChangeNothing() throws {
        let url = try temporary()
        defer { try? FileManager.default.removeItem(at: url) }
        try DocumentFrequencies(of: references).write(to: url)
        let plain = try CaptionEvaluation(predictions: predictions, references: references, metrics: [.cider])
        let stored = try CaptionEvaluation(
            predictions: predictions, references: references, metrics: [.cider], bootstrap: Bootstrap(sampleCount: 20),
            resources: CaptionResources(frequencies: DocumentFrequencies(contentsOf: url)))
        for (one, other) in zip(plain.images, stored.images) {
            #expect(abs(try #require(one.scores["CIDEr"]) - #require(other.scores["CIDEr"])) < 1e-12)
        }
        #expect(stored.report.scores[0].note?.hasSuffix("frequencies of 60 images from \(url.path)") == true)
        #expect(try #require(stored.report.scores[0].interval).contains(try #require(stored.report["CIDEr"])))
        let root = try JSONDocument(contentsOf: url).root
        #expect(try root["document_frequency"].object.allSatisfy { try $0.value.int > 1 })
    }

    @Test func oneImageHasACIDErWithThem() throws {
        let id = references.images[3].id
        let one = CaptionReferences([references.images[3]])
        let caption = predictions.captions.filter { $0.id == id }
        let alone = try CaptionEvaluation(
            predictions: CaptionPredictions(caption), references: one, metrics: [.cider],
            resources: CaptionResources(frequencies: DocumentFrequencies(of: references)))
        let all = try CaptionEvaluation(predictions: predictions, references: references, metrics: [.cider])
        let wanted = try #require(all.images.first { $0.id == id }?.scores["CIDEr"])
        #expect(abs(try #require(alone.report["CIDEr"]) - wanted) < 1e-12)
    }

    @Test(arguments: [
        #"{"image_count": 1, "document_frequency": {}}"#, #"{"image_count": 5, "document_frequency": {"a": 6}}"#,
        #"{"image_count": 5, "document_frequency": {"a": 0}}"#, #"{"document_frequency": {}}"#, "[]",
    ])
    func otherFilesAreRefused(_ text: String) throws {
        let url = try temporary(text)
        defer { try? FileManager.default.removeItem(at: url) }
        #expect(throws: JSONError.self) { try DocumentFrequencies(contentsOf: url) }
    }

    @Test func oneImageIsTooFewToCount() {
        #expect(throws: EvaluationError.self) { try DocumentFrequencies(of: CaptionReferences([references.images[0]])) }
    }
}
