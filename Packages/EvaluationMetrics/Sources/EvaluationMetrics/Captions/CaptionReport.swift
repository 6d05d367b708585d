import Foundation
import JSON

/// The scores of a set of captions.
public struct CaptionReport: Sendable {
    /// One score of the whole set.
    public struct Score: Sendable {
        /// pycocoevalcap's name: `Bleu_1` ... `Bleu_4`, `METEOR`, `ROUGE_L`, `CIDEr`, `SPICE`.
        public var key: String
        /// The score, from 0 to `scale`; nil if there is none, for the reason in `note`.
        public var value: Double?
        /// The best score there can be.
        public var scale: Double
        /// The 95 % bootstrap interval, if one was asked for.
        public var interval: ClosedRange<Double>?
        /// Why there is no value, or how it was computed.
        public var note: String?
    }

    /// In pycocoevalcap's order.
    public var scores: [Score]
    /// How many images were scored.
    public var count: Int
    /// Which images were left out, if any.
    public var matching: CaptionMatching

    /// The score of that name, if it was computed.
    public subscript(key: String) -> Double? { scores.first { $0.key == key }?.value }

    /// LAVIS's measure for the best epoch: CIDEr + Bleu_4.
    public var aggregate: Double? {
        guard let cider = self["CIDEr"], let bleu = self["Bleu_4"] else { return nil }
        return cider + bleu
    }
}

extension CaptionReport {
    /// The report as JSON: each score under its key (null if not computed), then `agg_metrics`, `count`, `scale`,
    /// `interval` (95 %), `notes` and, where images were left out, `left_out`.
    public var tree: JSONTree {
        var members: [(key: String, value: JSONTree)] = scores.map { ($0.key, $0.value.map(JSONTree.number) ?? .null) }
        if let aggregate { members.append(("agg_metrics", .number(aggregate))) }
        members.append(("count", .integer(count)))
        members.append(("scale", .object(scores.map { ($0.key, .number($0.scale)) })))
        let intervals: [(key: String, value: JSONTree)] = scores.compactMap { score in
            score.interval.map { (score.key, .array([.number($0.lowerBound), .number($0.upperBound)])) }
        }
        if !intervals.isEmpty { members.append(("interval", .object(intervals))) }
        let notes: [(key: String, value: JSONTree)] = scores.compactMap { score in
            score.note.map { (score.key, .string($0)) }
        }
        if !notes.isEmpty { members.append(("notes", .object(notes))) }
        if !matching.isComplete { members.append(("left_out", matching.tree)) }
        return .object(members)
    }

    /// The report as a table for people, scores in per cent as papers print them.
    public var table: String {
        var lines = ["\(count) images"]
        if !matching.isComplete { lines.append("left out: \(matching.summary)") }
        let width = scores.map(\.key.utf8.count).max() ?? 0
        for score in scores {
            var line = score.key.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            line += score.value.map { CaptionReport.percent($0) } ?? "     -"
            if let interval = score.interval {
                line +=
                    "  [\(CaptionReport.percent(interval.lowerBound)), \(CaptionReport.percent(interval.upperBound))]"
            }
            if let note = score.note { line += "  \(note)" }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    static func percent(_ value: Double) -> String { String(format: "%6.2f", value * 100) }
}

extension CaptionMatching {
    /// The files, and what is left over.
    var title: String { files + (isComplete ? "" : "; left out: \(summary)") }

    /// Counts and the first ten ids of each kind.
    var tree: JSONTree {
        func list(_ ids: [ImageID]) -> JSONTree {
            ["count": .integer(ids.count), "first": .array(ids.prefix(10).map(\.tree))]
        }
        return [
            "missing": list(missing), "extra": list(extra), "duplicates": list(duplicates),
            "without_references": list(withoutReferences),
        ]
    }
}
