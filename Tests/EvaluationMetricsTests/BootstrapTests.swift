import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct BootstrapTests {
    private let references: CaptionReferences
    private let predictions: CaptionPredictions
    private let metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider, .plainCIDEr]

    init() throws {
        references = try CaptionReferences(contentsOf: fixture("captions_references.json"))
        predictions = try CaptionPredictions(contentsOf: fixture("captions_results.json"))
    }

    @Test func drawsAsManyImagesAsThereAre() {
        let bootstrap = Bootstrap(seed: 5)
        let sample = bootstrap.multiplicities(sample: 3, count: 50_000)
        #expect(sample.reduce(0, +) == 50_000)
        #expect(sample == Bootstrap(sampleCount: 4, seed: 5).multiplicities(sample: 3, count: 50_000))
        #expect(sample != bootstrap.multiplicities(sample: 4, count: 50_000))
        #expect(sample != Bootstrap(seed: 6).multiplicities(sample: 3, count: 50_000))
        // The number of images drawn k times is that of a Poisson law of mean 1, within five deviations.
        for (times, part) in [0.3679, 0.3679, 0.1839, 0.0613].enumerated() {
            let count = Double(sample.count { $0 == times })
            #expect(abs(count - 50_000 * part) < 5 * (50_000 * part).squareRoot(), "drawn \(times) times: \(count)")
        }
        #expect(bootstrap.multiplicities(sample: 0, count: 1) == [1])
    }

    /// The corpus of one sample, written out: an image that was drawn twice stands in it twice.
    private func scores(
        of predictions: CaptionPredictions, _ bootstrap: Bootstrap, sample: Int
    ) throws -> CaptionReport {
        var captions: [(id: ImageID, caption: String)] = []
        var images: [CaptionReferences.Image] = []
        let times = bootstrap.multiplicities(sample: sample, count: references.images.count)
        let byID = Dictionary(predictions.captions.map { ($0.id, $0.caption) }) { first, _ in first }
        for (image, times) in zip(references.images, times) {
            for copy in 0..<times {
                let id = ImageID("\(image.id), copy \(copy)")
                images.append(.init(id: id, captions: image.captions))
                captions.append((id, try #require(byID[image.id])))
            }
        }
        return try CaptionEvaluation(
            predictions: CaptionPredictions(captions), references: CaptionReferences(images), metrics: metrics
        ).report
    }

    @Test func aSampleIsScoredAsTheCorpusThatItIs() throws {
        var comparison = Comparison("samples")
        for seed in 0..<UInt64(12) {
            let bootstrap = Bootstrap(sampleCount: 1, seed: seed)
            let report = try CaptionEvaluation(
                predictions: predictions, references: references, metrics: metrics, bootstrap: bootstrap
            ).report
            #expect(report.scores.count == 7)
            let wanted = try scores(of: predictions, bootstrap, sample: 0)
            for score in report.scores {
                let interval = try #require(score.interval)
                #expect(interval.lowerBound == interval.upperBound)
                comparison.check(
                    interval.lowerBound, try #require(wanted[score.key]), within: 1e-12, "\(score.key), seed \(seed)")
            }
        }
        comparison.close("scores")
    }

    @Test func intervalsAreThePercentilesOfTheSamples() throws {
        let bootstrap = Bootstrap(sampleCount: 41, seed: 2)
        let report = try CaptionEvaluation(
            predictions: predictions, references: references, bootstrap: bootstrap
        ).report
        let samples = try (0..<41).map { try scores(of: predictions, bootstrap, sample: $0) }
        var comparison = Comparison("intervals")
        for score in report.scores {
            let values = samples.compactMap { $0[score.key] }.sorted()
            let interval = try #require(score.interval)
            comparison.check(interval.lowerBound, values[1], within: 1e-12, score.key)
            comparison.check(interval.upperBound, values[39], within: 1e-12, score.key)
            #expect(interval.contains(try #require(score.value)))
        }
        comparison.close("bounds")
        #expect(
            try JSONDocument(parsing: JSONWriter().bytes(report.tree), name: "report").root["interval"]["CIDEr"]
                .array.map { try $0.double } == report.scores.last?.interval.map { [$0.lowerBound, $0.upperBound] })
    }

    @Test func samplesDrawTheSameImagesForBothSystems() throws {
        let other = CaptionPredictions(
            predictions.captions.enumerated().map { place, item in
                (item.id, place % 3 == 0 ? references.images[place].captions[0] : item.caption)
            })
        let bootstrap = Bootstrap(sampleCount: 21, seed: 9)
        let comparison = try CaptionComparison(predictions, other, references: references, bootstrap: bootstrap)
        #expect(comparison.differences.map(\.key) == ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L", "CIDEr"])
        for difference in comparison.differences {
            let samples = try (0..<21).map { sample in
                let first = try scores(of: predictions, bootstrap, sample: sample)
                let second = try scores(of: other, bootstrap, sample: sample)
                return try #require(second[difference.key]) - #require(first[difference.key])
            }
            let sorted = samples.sorted()
            #expect(abs(difference.interval.lowerBound - (sorted[0] + sorted[1]) / 2) < 1e-12)
            #expect(abs(difference.interval.upperBound - (sorted[19] + sorted[20]) / 2) < 1e-12)
            #expect(difference.partAhead == Double(samples.count { $0 > 0 }) / 21)
            let lesser = min(samples.count { $0 <= 0 }, samples.count { $0 >= 0 })
            #expect(difference.pValue == min(1, Double(2 * (lesser + 1)) / 22))
        }
        let alone = try CaptionEvaluation(predictions: other, references: references, bootstrap: bootstrap)
        for (one, both) in zip(alone.report.scores, comparison.second.report.scores) {
            #expect(one.value == both.value)
            #expect(one.interval == both.interval)
        }
    }

    @Test func aSystemDoesNotDifferFromItself() throws {
        let comparison = try CaptionComparison(
            predictions, predictions, references: references, bootstrap: Bootstrap(sampleCount: 50))
        for difference in comparison.differences {
            #expect(difference.value == 0)
            #expect(difference.interval == 0...0)
            #expect(difference.partAhead == 0.5)
            #expect(difference.pValue == 1)
        }
        #expect(comparison.table.contains("p = 1.0000"))
        let tree = try JSONDocument(parsing: JSONWriter().bytes(comparison.tree), name: "comparison").root
        #expect(try tree["difference"]["CIDEr"]["p_value"].double == 1)
        #expect(try tree["first"]["CIDEr"].double == comparison.first.report["CIDEr"])
    }

    @Test func whatOneSystemLacksIsSkippedForBoth() throws {
        let references = CaptionReferences([
            .init(id: 1, captions: ["a dog"]), .init(id: 2, captions: ["a cat"]), .init(id: 3, captions: ["a cow"]),
        ])
        let first = CaptionPredictions([(id: 1, caption: "a dog"), (id: 2, caption: "a cat")], name: "A.json")
        let second = CaptionPredictions([(id: 3, caption: "a cow"), (id: 2, caption: "a dog")], name: "B.json")
        let comparison = try CaptionComparison(
            first, second, references: references, missing: .skip, bootstrap: Bootstrap(sampleCount: 3))
        #expect(comparison.first.images.map(\.id) == [2])
        #expect(comparison.second.images.map(\.caption) == ["a dog"])
        #expect(comparison.first.report.matching.missing == [3])
        #expect(comparison.differences.map(\.key).contains("CIDEr") == false)
        #expect(throws: EvaluationError.self) {
            try CaptionComparison(first, second, references: references, bootstrap: Bootstrap(sampleCount: 3))
        }
        let error = #expect(throws: EvaluationError.self) {
            try CaptionComparison(
                CaptionPredictions([first.captions[0]], name: "A.json"), second, references: references, missing: .skip)
        }
        #expect(error?.description == "A.json and B.json: no image has a prediction in both")
    }
}
