import EvaluationMetrics
import Foundation
import JSON

/// Two models' results on the same data: paired tests of their scores, and the samples on which they differ most.
public struct RunComparison {
    /// A sample on which two models differ.
    struct Sample {
        let name: String
        let score: String
        let values: (Double, Double)
        let texts: (String, String)
        let about: String
    }

    private let differences: [(name: String, comparison: MeanComparison)]
    /// For captions the scores of the whole set, some of which are no means.
    private let captions: CaptionComparison?
    private let samples: [Sample]

    /// Compares the folders of two finished splits.
    ///
    /// - Parameters:
    ///   - bootstrap: how samples are drawn
    ///   - shownCount: how many samples are named
    /// - Throws: an error that names what is missing, or says that the two are not about the same.
    public init(_ first: URL, _ second: URL, bootstrap: Bootstrap = Bootstrap(), shownCount: Int = 10) throws {
        let (one, other) = (try RecordedSamples(first), try RecordedSamples(second))
        try Self.requireSame(one, other)
        let (scores, others) = (try one.scoresByName, try other.scoresByName)
        guard !scores.isEmpty, scores.map(\.name) == others.map(\.name),
            zip(scores, others).allSatisfy({ $0.numbers == $1.numbers })
        else {
            throw EvaluationError(
                files: "\(first.path) and \(second.path)", problem: "have no scores of samples in common")
        }
        differences = zip(scores, others).map {
            ($0.name, MeanComparison($0.values, $1.values, bootstrap: bootstrap))
        }
        captions = try Self.captions(one, other, bootstrap)
        samples = try Self.mostDifferent(one, other, scores, others, shownCount)
    }

    private static func requireSame(_ one: RecordedSamples, _ other: RecordedSamples) throws {
        func error(_ problem: String) -> EvaluationError {
            EvaluationError(files: "\(one.folder.path) and \(other.folder.path)", problem: problem)
        }
        guard one.task == other.task else { throw error("are of \(one.task) and of \(other.task)") }
        guard one.data.map(\.hash) == other.data.map(\.hash) else {
            let names = [one, other].map { $0.data.map(\.file).joined(separator: ", ") }
            throw error("are of other data: \(names[0]); \(names[1])")
        }
        guard one.samples.count == other.samples.count else {
            throw error("have \(one.samples.count) and \(other.samples.count) samples")
        }
        for number in one.samples.indices where try one.identity(number) != other.identity(number) {
            throw error("differ in sample \(number + 1): \(try one.identity(number)), \(try other.identity(number))")
        }
    }

    private static func captions(
        _ one: RecordedSamples, _ other: RecordedSamples, _ bootstrap: Bootstrap
    ) throws -> CaptionComparison? {
        guard one.task == "captioning", let references = one.data.last?.file else { return nil }
        let predictions = try [one, other].map {
            try CaptionPredictions(contentsOf: $0.folder.appendingPathComponent("predictions.json"))
        }
        return try CaptionComparison(
            predictions[0], predictions[1],
            references: CaptionReferences(contentsOf: URL(fileURLWithPath: references)), bootstrap: bootstrap)
    }

    private static func mostDifferent(
        _ one: RecordedSamples, _ other: RecordedSamples,
        _ scores: [(name: String, numbers: [Int], values: [Double])],
        _ others: [(name: String, numbers: [Int], values: [Double])], _ count: Int
    ) throws -> [Sample] {
        let (name, numbers, values) = scores[0]
        let second = others[0].values
        let order = values.indices.sorted { (abs(second[$1] - values[$1]), $0) < (abs(second[$0] - values[$0]), $1) }
        return try order.prefix(count).filter { values[$0] != second[$0] }.map { place in
            let (sample, counterpart) = (one.samples[numbers[place]], other.samples[numbers[place]])
            let about = try ["question", "file_name"].compactMap { try sample.optional($0)?.string }
            return Sample(
                name: try one.identity(numbers[place]), score: name, values: (values[place], second[place]),
                texts: (try Self.text(sample), try Self.text(counterpart)), about: about.joined(separator: ", "))
        }
    }

    /// What a model wrote, or which place it found.
    private static func text(_ sample: JSONValue) throws -> String {
        for key in ["answer", "caption"] { if let text = try sample.optional(key) { return try text.string } }
        return try sample.optional("rank").map { "place \(try $0.int + 1)" } ?? ""
    }

    /// The comparison as JSON: `difference` by score, for captions also of the `whole` set, and `samples`.
    public var tree: JSONTree {
        var members: [(key: String, value: JSONTree)] = [
            (
                "difference",
                .object(
                    differences.map { name, comparison in
                        let interval = comparison.interval
                        return (
                            name,
                            [
                                "first": .number(comparison.first), "second": .number(comparison.second),
                                "value": .number(comparison.difference),
                                "interval": [.number(interval.lowerBound), .number(interval.upperBound)],
                                "part_ahead": .number(comparison.partAhead), "p_value": .number(comparison.pValue),
                            ]
                        )
                    })
            )
        ]
        if let captions { members.append(("whole", captions.tree)) }
        members.append(
            (
                "samples",
                .array(
                    samples.map {
                        [
                            "name": .string($0.name), "about": .string($0.about), "score": .string($0.score),
                            "first": .number($0.values.0), "second": .number($0.values.1),
                            "first_text": .string($0.texts.0), "second_text": .string($0.texts.1),
                        ]
                    })
            ))
        return .object(members)
    }

    /// The comparison for a reader, scores in per cent.
    public var table: String {
        var lines = differences.map { name, comparison in
            let numbers = [comparison.first, comparison.second, comparison.difference].map {
                String(format: "%7.2f", 100 * $0)
            }
            let bounds = [comparison.interval.lowerBound, comparison.interval.upperBound].map {
                String(format: "%+.2f", 100 * $0)
            }
            return "mean \(name)".padding(toLength: 16, withPad: " ", startingAt: 0)
                + "\(numbers.joined(separator: "  "))  [\(bounds.joined(separator: ", "))]  p "
                + String(format: "%.4f", comparison.pValue)
        }
        lines.insert("                  first   second     diff  95 % interval", at: 0)
        if let captions { lines += ["", captions.table] }
        if !samples.isEmpty { lines += ["", "Samples that differ most, by \(samples[0].score):"] }
        lines += samples.map { sample in
            let values = [sample.values.0, sample.values.1].map { String(format: "%.1f", 100 * $0) }
            let about = sample.about.isEmpty ? "" : " (\(sample.about))"
            return "  \(sample.name)\(about): \"\(sample.texts.0)\" \(values[0]); \"\(sample.texts.1)\" \(values[1])"
        }
        return lines.joined(separator: "\n")
    }
}
