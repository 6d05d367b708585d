import Foundation
import JSON

/// The accuracy of a set of answers, as a whole and by kind.
public struct AnswerReport: Sendable {
    /// The mean accuracy of the questions of one kind.
    public struct Group: Sendable {
        /// The kind's name.
        public var name: String
        /// In per cent.
        public var accuracy: Double
        /// How many questions are of the kind.
        public var count: Int
    }

    /// In per cent.
    public var accuracy: Double
    /// The 95 % bootstrap interval of the accuracy, if one was asked for.
    public var interval: ClosedRange<Double>?
    /// By a way of sorting questions, such as `perAnswerType`, the kinds in the order in which they first come up.
    public var groups: [(key: String, groups: [Group])]
    /// How many questions were scored.
    public var count: Int
    /// Which questions were left out, if any.
    public var matching: CaptionMatching
}

extension AnswerReport {
    /// - Parameters:
    ///   - accuracies: of each question, 0 to 1.
    ///   - kinds: for each way of sorting, the kind of each question; nothing is reported where all are empty.
    init(
        _ accuracies: [Double], kinds: [(key: String, names: [String])], _ matching: CaptionMatching,
        _ bootstrap: Bootstrap?
    ) {
        let score = MeanScore(scores: accuracies)
        accuracy = 100 * score.corpusScores[0]
        if let bootstrap {
            let resampling = score.resampling()
            let samples = bootstrap.samples(of: accuracies.count) { resampling($0).map { 100 * $0[0] } }
            interval = ResampledScore(samples).interval
        }
        groups = kinds.compactMap { key, names in
            names.allSatisfy(\.isEmpty) ? nil : (key, AnswerReport.groups(accuracies, names))
        }
        count = accuracies.count
        self.matching = matching
    }

    private static func groups(_ accuracies: [Double], _ names: [String]) -> [Group] {
        var places: [String: Int] = [:]
        var groups: [Group] = []
        for (name, accuracy) in zip(names, accuracies) {
            let place = places[name] ?? groups.count
            if place == groups.count {
                places[name] = place
                groups.append(Group(name: name, accuracy: 0, count: 0))
            }
            groups[place].accuracy += accuracy
            groups[place].count += 1
        }
        for place in groups.indices { groups[place].accuracy *= 100 / Double(groups[place].count) }
        return groups
    }

    /// The report as JSON: `overall` and each way of sorting in per cent, rounded to two digits as VQAEval does, `count`,
    /// `scale`, `interval` (95 %), `left_out`.
    public var tree: JSONTree {
        var members: [(key: String, value: JSONTree)] = [("overall", .number(AnswerReport.rounded(accuracy)))]
        for (key, groups) in groups {
            members.append((key, .object(groups.map { ($0.name, .number(AnswerReport.rounded($0.accuracy))) })))
        }
        members += [("count", .integer(count)), ("scale", .number(100))]
        if let interval {
            members.append(("interval", .array([.number(interval.lowerBound), .number(interval.upperBound)])))
        }
        if !matching.isComplete { members.append(("left_out", matching.tree)) }
        return .object(members)
    }

    /// The report as a table for people, in per cent.
    public var table: String {
        var lines = ["\(count) questions"]
        if !matching.isComplete { lines.append("left out: \(matching.summary)") }
        var overall = String(format: "%-24@%6.2f", "accuracy" as NSString, accuracy)
        if let interval { overall += String(format: "  [%.2f, %.2f]", interval.lowerBound, interval.upperBound) }
        lines.append(overall)
        for group in groups.flatMap(\.groups) {
            let name = group.name.padding(toLength: max(22, group.name.count), withPad: " ", startingAt: 0)
            lines.append("  \(name)" + String(format: "%6.2f  %d questions", group.accuracy, group.count))
        }
        return lines.joined(separator: "\n")
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded(.toNearestOrEven) / 100 }
}
