import Foundation
import JSON

/// Two systems' captions of the same images, scored and compared by the paired bootstrap.
///
/// Each sample draws images, scores both systems on them and takes the difference, so that what makes an image hard for
/// both does not blur it. Koehn, "Statistical significance tests for machine translation evaluation", EMNLP 2004.
public struct CaptionComparison: Sendable {
    /// The difference in one score.
    public struct Difference: Sendable {
        /// pycocoevalcap's name of the score.
        public var key: String
        /// The second system's score less the first's.
        public var value: Double
        /// The 95 % bootstrap interval of the difference.
        public var interval: ClosedRange<Double>
        /// The part of the samples in which the second system is ahead, ties counted by half.
        public var partAhead: Double
        /// How often chance alone would give a difference as large, two-sided.
        public var pValue: Double
    }

    /// The first system's scores.
    public let first: CaptionEvaluation
    /// The second system's scores, of the same images in the same order.
    public let second: CaptionEvaluation
    /// The second system against the first, in each score that both have.
    public let differences: [Difference]

    /// Scores two systems and compares them.
    ///
    /// - Parameters:
    ///   - metrics: which families to compute.
    ///   - missing: what to do when predictions and references do not cover the same images; what is skipped for one
    ///     system is skipped for both.
    ///   - bootstrap: how to resample the images.
    ///   - resources: files that METEOR and CIDEr may need.
    /// - Throws: `EvaluationError` when they do not and must, or when no image is left.
    public init(
        _ first: CaptionPredictions, _ second: CaptionPredictions, references: CaptionReferences,
        metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider], missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap = Bootstrap(), resources: CaptionResources = CaptionResources()
    ) throws {
        var matchings = try [first, second].map { try CaptionMatching.checked($0, references, missing) }
        let common = Set(matchings[0].pairs.map(\.image.id)).intersection(matchings[1].pairs.map(\.image.id))
        guard !common.isEmpty else {
            throw EvaluationError(
                files: "\(first.name) and \(second.name)", problem: "no image has a prediction in both")
        }
        for system in matchings.indices { matchings[system].keep(common) }
        var corpus = ReferenceCorpus(matchings[0].pairs.map(\.image.captions))
        let candidates = matchings.map { corpus.candidates($0.pairs.map(\.caption)) }
        let families = candidates.map { CaptionFamily.all(of: metrics, $0, corpus, resources) }
        let samples = CaptionFamily.samples(families, bootstrap, imageCount: corpus.imageCount)
        let systems = matchings.indices.map {
            CaptionEvaluation(matchings[$0], families[$0], samples: samples[$0])
        }
        self.first = systems[0]
        self.second = systems[1]
        differences = systems[0].report.scores.compactMap { score in
            guard let one = score.value, let other = systems[1].report[score.key],
                let values = samples[0][score.key], let others = samples[1][score.key]
            else { return nil }
            let resampled = ResampledScore(zip(values, others).map { $1 - $0 })
            return Difference(
                key: score.key, value: other - one, interval: resampled.interval,
                partAhead: resampled.partAboveZero, pValue: resampled.pValue)
        }
    }
}

extension CaptionComparison {
    /// The comparison as JSON: both reports and, under `difference`, `value`, `interval`, `part_ahead` and `p_value` of
    /// each score.
    public var tree: JSONTree {
        let members: [(key: String, value: JSONTree)] = differences.map { difference in
            let interval = difference.interval
            return (
                difference.key,
                [
                    "value": .number(difference.value),
                    "interval": .array([.number(interval.lowerBound), .number(interval.upperBound)]),
                    "part_ahead": .number(difference.partAhead), "p_value": .number(difference.pValue),
                ]
            )
        }
        return ["first": first.report.tree, "second": second.report.tree, "difference": .object(members)]
    }

    /// The comparison as a table for people, scores in per cent as papers print them.
    public var table: String {
        let width = (first.report.scores.map(\.key.utf8.count).max() ?? 0) + 2
        let head = "".padding(toLength: width, withPad: " ", startingAt: 0)
        let lines = first.report.scores.map { score in
            let name = score.key.padding(toLength: width, withPad: " ", startingAt: 0)
            guard let difference = differences.first(where: { $0.key == score.key }) else {
                return name + "     -  \(score.note ?? "")"
            }
            let values = [score.value ?? 0, second.report[score.key] ?? 0].map(CaptionReport.percent)
            let bounds = [difference.interval.lowerBound, difference.interval.upperBound]
                .map { String(format: "%+.2f", $0 * 100) }.joined(separator: ", ")
            return name + values.joined(separator: "  ") + String(format: "  %+6.2f", difference.value * 100)
                + "  [\(bounds)]" + String(format: "  p = %.4f", difference.pValue)
        }
        let titles = [
            "\(first.report.count) images, second system against first",
            "first:  \(first.report.matching.title)", "second: \(second.report.matching.title)",
        ]
        return (titles + [head + " first  second    diff  95 % interval"] + lines).joined(separator: "\n")
    }
}
