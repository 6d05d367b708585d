import EvaluationMetrics
import Foundation
import JSON
import SmallWorld

/// What the demo ends with: both captioners' scores, and how sure the difference is.
struct DemoResults {
    /// One captioner.
    struct Arm {
        /// The captions and their scores, picture by picture.
        let evaluation: CaptionEvaluation
        /// Name and value in the order of the table.
        let scores: [(key: String, value: Double)]
    }

    let pformer: Arm
    let baseline: Arm
    let difference: CaptionComparison.Difference

    init(pformer: CaptionPredictions, baseline: CaptionPredictions, _ world: JudgedWorld) throws {
        let comparison = try CaptionComparison(baseline, pformer, references: world.references)
        guard let difference = comparison.differences.first(where: { $0.key == "CIDEr" }) else {
            throw EvaluationError(files: world.references.name, problem: "one picture gives no CIDEr-D")
        }
        self.difference = difference
        self.pformer = try Arm(comparison.second, world)
        self.baseline = try Arm(comparison.first, world)
    }

    /// As `results.json` holds it.
    var tree: JSONTree {
        [
            "pformer": pformer.tree, "baseline": baseline.tree,
            "difference": [
                "CIDEr": .number(difference.value),
                "CIDEr_interval": [.number(difference.interval.lowerBound), .number(difference.interval.upperBound)],
                "CIDEr_p": .number(difference.pValue),
            ],
        ]
    }

    /// Names and values in per cent, a row for each score.
    var rows: [[String]] {
        zip(pformer.scores, baseline.scores).map { one, other in
            [Self.title(of: one.key), Self.percent(one.value), Self.percent(other.value)]
        }
    }

    /// The difference in a sentence.
    var sentence: String {
        let bounds = [difference.interval.lowerBound, difference.interval.upperBound]
            .map { String(format: "%+.1f", 100 * $0) }.joined(separator: " to ")
        let value = String(format: "%+.1f", 100 * difference.value)
        return "CIDEr-D with the P-Former less CIDEr-D without: \(value), 95 % paired bootstrap interval \(bounds)."
    }

    /// The table for a terminal.
    var table: String {
        let lines = ([["", "with P-Former", "without"]] + rows).map { row in
            row[0].padding(toLength: 38, withPad: " ", startingAt: 0)
                + row.dropFirst().map { String(repeating: " ", count: max(0, 15 - $0.count)) + $0 }.joined()
        }
        return "\(pformer.evaluation.report.count) test pictures, scores in per cent\n"
            + lines.joined(separator: "\n") + "\n" + sentence
    }

    private static func percent(_ value: Double) -> String { String(format: "%.1f", 100 * value) }

    private static func title(of key: String) -> String {
        switch key {
        case "CIDEr": "CIDEr-D"
        case "CIDEr_swapped": "CIDEr-D, captions swapped"
        case "Bleu_4": "BLEU-4"
        case "ROUGE_L": "ROUGE-L"
        case "right_pairs": "right colours and shapes"
        case "right_pairs_swapped": "right colours and shapes, swapped"
        default: key
        }
    }
}

extension DemoResults.Arm {
    init(_ evaluation: CaptionEvaluation, _ world: JudgedWorld) throws {
        let captions = evaluation.images.map(\.caption)
        let swapped = CaptionJudge.swapped(showing: world.shown).map { captions[$0] }
        let swappedScores = try CaptionEvaluation(
            predictions: CaptionPredictions(zip(evaluation.images, swapped).map { ($0.id, $1) }),
            references: world.references, metrics: [.cider])
        self.evaluation = evaluation
        let report = evaluation.report
        scores =
            [("CIDEr", report["CIDEr"] ?? 0), ("CIDEr_swapped", swappedScores.report["CIDEr"] ?? 0)]
            + ["Bleu_4", "ROUGE_L"].map { ($0, report[$0] ?? 0) } + [
                ("right_pairs", CaptionJudge.rightShare(of: captions, showing: world.shown)),
                ("right_pairs_swapped", CaptionJudge.rightShare(of: swapped, showing: world.shown)),
            ]
    }

    var tree: JSONTree { .object(scores.map { ($0.key, .number($0.value)) }) }
}
