import EvaluationMetrics
import Foundation
import JSON
import Testing

@Suite struct METEORTests {
    private let data: METEORData

    /// A few words of METEOR's kinds.
    init() throws {
        var writer = METEORDataWriter()
        for word in ["the", "a", "on", "of"] { writer.addFunctionWord(word) }
        writer.setSynonymSets("dog", [4, 9])
        writer.setSynonymSets("hound", [9])
        writer.setSynonymSets("mouse", [5])
        writer.setSynonymSets("rodent", [5])
        writer.setSynonymSets("run", [6])
        writer.setSynonymSets("sprint", [6])
        writer.addBase("mouse", of: "mice")
        writer.addAbbreviation("etc", onlyBeforeNumbers: false)
        writer.addParaphrase(of: "sits on", "is seated on")
        writer.addParaphrase(of: "on top of", "on")
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("meteor-\(UUID().uuidString)")
        try writer.write(to: url)
        data = try METEORData(contentsOf: url)
        try FileManager.default.removeItem(at: url)
    }

    private func statistics(_ caption: String, _ references: String...) throws -> METEORStatistics {
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions([(id: 1, caption: caption)]),
            references: CaptionReferences([.init(id: 1, captions: references)]), metrics: [.meteor],
            resources: CaptionResources(meteor: data))
        let statistics = try #require(evaluation.images[0].meteor)
        #expect(evaluation.report["METEOR"] == statistics.score)
        #expect(evaluation.images[0].scores["METEOR"] == statistics.score)
        return statistics
    }

    /// Words; then content words of caption and reference and function words of both, for each matcher; then chunks.
    @Test(arguments: [
        ("a dog runs", "a dog runs", "3 3 1 1  2 2 1 1  0 0 0 0  0 0 0 0  0 0 0 0  1 3 3"),
        ("runs a dog", "a dog runs", "3 3 1 1  2 2 1 1  0 0 0 0  0 0 0 0  0 0 0 0  2 3 3"),
        ("dogs running", "dog runs", "2 2 0 0  0 0 0 0  2 2 0 0  0 0 0 0  0 0 0 0  1 2 2"),
        ("the hound sprinted", "the dog runs", "3 3 1 1  0 0 1 1  0 0 0 0  2 2 0 0  0 0 0 0  1 3 3"),
        ("mice", "rodents", "1 1 0 0  0 0 0 0  0 0 0 0  1 1 0 0  0 0 0 0  1 1 1"),
        ("a dog sits on top", "a dog is seated on top", "5 6 2 2  2 2 1 1  0 0 0 0  0 0 0 0  1 2 1 1  1 5 6"),
        ("", "a dog", "0 2 0 1  0 0 0 0  0 0 0 0  0 0 0 0  0 0 0 0  0 0 0"),
        ("a cow", "the horse", "2 2 1 1  0 0 0 0  0 0 0 0  0 0 0 0  0 0 0 0  0 0 0"),
        ("u.s. x-ray", "us x ray", "3 3 0 0  3 3 0 0  0 0 0 0  0 0 0 0  0 0 0 0  1 3 3"),
    ])
    func countsMatchedWords(_ caption: String, _ reference: String, _ wanted: String) throws {
        let line = try statistics(caption, reference).line.split(separator: " ").compactMap { Double($0) }
        #expect(line == wanted.split(separator: " ").compactMap { Double($0) })
    }

    @Test func scoresFollowTheirFormula() throws {
        #expect(try statistics("a dog runs", "a dog runs").score == 1)
        #expect(try statistics("a cow", "the horse").score == 0)
        #expect(try statistics("", "a dog").score == 0)
        // Precision and recall (0.75 + 0.25) / 1.75 and 1 / 1.75, one chunk of 2 words.
        let two = try statistics("a dog runs", "a dog sleeps").score
        #expect(abs(two - 1 / 1.75 * (1 - 0.6 * pow(0.5, 0.2))) < 1e-12)
        // Of several references the best counts.
        #expect(try statistics("a dog runs", "a cow", "a dog runs", "the horse").score == 1)
    }

    @Test func theCorpusIsScoredByItsSums() throws {
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions([(id: 1, caption: "a dog runs"), (id: 2, caption: "a cow")]),
            references: CaptionReferences([
                .init(id: 1, captions: ["a dog runs"]), .init(id: 2, captions: ["a cow sleeps"]),
            ]), metrics: [.meteor], bootstrap: Bootstrap(sampleCount: 20), resources: CaptionResources(meteor: data))
        // Quirk: the chunk of the whole match is not counted, that of the other is: 1 of 5 words.
        let (precision, recall) = (1.0, (2.25 + 0.25 * 2 - 0.0) / (2.25 + 0.75 + 0.5))
        let wanted = 1 / (0.15 / precision + 0.85 / recall) * (1 - 0.6 * pow(1 / 5, 0.2))
        let score = try #require(evaluation.report["METEOR"])
        #expect(abs(score - wanted) < 1e-12, "\(score), wanted \(wanted)")
        #expect(try #require(evaluation.report.scores[0].interval).contains(score))
    }

    @Test func withoutDataItIsNotComputed() throws {
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions([(id: 1, caption: "a")]),
            references: CaptionReferences([.init(id: 1, captions: ["a"])]), metrics: [.meteor, .spice])
        #expect(evaluation.report.scores.map(\.value) == [nil, nil])
        #expect(evaluation.report.scores[0].note == "not computed: METEOR's own data were not given")
        #expect(evaluation.report.scores[1].note?.hasPrefix("not computed: ") == true)
    }

    @Test func otherFilesAreNoData() throws {
        let error = #expect(throws: FileError.self) { try METEORData(contentsOf: fixture("captions_results.json")) }
        #expect(error?.problem == "wanted METEOR data as `evaluate meteor-data` writes them")
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("meteor-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        var writer = METEORDataWriter()
        writer.addParaphrase(of: "a b", "c d")
        try writer.write(to: url)
        let whole = try Data(contentsOf: url)
        try whole.prefix(whole.count - 8).write(to: url)
        #expect(throws: FileError.self) { try METEORData(contentsOf: url) }
    }
}
