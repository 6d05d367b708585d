import Foundation

/// What METEOR's score of a caption is made of: words and matched words, function words apart from content words.
public struct METEORStatistics: Hashable, Sendable {
    /// Words of the caption and of the reference, then the function words among them.
    var lengths = SIMD4<Double>()
    /// For each matcher, the matched content words of caption and reference, then the function words.
    var matches = [SIMD4<Double>](repeating: SIMD4(), count: METEORMatch.Module.allCases.count)
    /// Runs of matched words.
    var chunks = 0.0

    /// The parameters of METEOR's ranking task for English, its default.
    private enum Parameter {
        static let alpha = 0.85
        static let beta = 0.2
        static let gamma = 0.6
        static let delta = 0.75
        static let modules = [1.0, 0.6, 0.8, 0.6]
    }

    init() {}

    init(
        _ alignment: METEORAlignment, _ caption: ArraySlice<Int32>, _ reference: ArraySlice<Int32>,
        isFunction: [Bool]
    ) {
        func isFunctionWord(_ word: Int32) -> Bool { isFunction[Int(word)] }
        lengths = SIMD4(
            Double(caption.count), Double(reference.count), Double(caption.count(where: isFunctionWord)),
            Double(reference.count(where: isFunctionWord)))
        for match in alignment.matches {
            let module = match.module.rawValue
            for place in 0..<match.captionCount {
                matches[module][isFunctionWord(caption[caption.startIndex + match.captionStart + place]) ? 2 : 0] += 1
            }
            for place in 0..<match.count {
                matches[module][isFunctionWord(reference[reference.startIndex + match.start + place]) ? 3 : 1] += 1
            }
        }
        chunks = Double(alignment.chunkCount)
    }

    /// The line that METEOR prints for them.
    public var line: String {
        let words = matchedWords
        let numbers =
            [lengths[0], lengths[1], lengths[2], lengths[3]] + matches.flatMap { [$0[0], $0[1], $0[2], $0[3]] }
            + [chunks, words.caption, words.reference]
        return numbers.map { "\($0)" }.joined(separator: " ")
    }

    private var matchedWords: (caption: Double, reference: Double) {
        let sum = matches.reduce(SIMD4<Double>(), +)
        return (sum[0] + sum[2], sum[1] + sum[3])
    }

    /// Whether the caption and the reference are one chunk of matches from end to end.
    private var isWhole: Bool {
        let words = matchedWords
        return words.caption == lengths[0] && words.reference == lengths[1] && chunks == 1
    }

    /// Adds the statistics of an image of which there are several in a corpus. Quirk: the one chunk of a caption that
    /// matches from end to end is not counted.
    mutating func add(_ other: METEORStatistics, times: Double) {
        lengths += other.lengths * times
        for module in matches.indices { matches[module] += other.matches[module] * times }
        if !other.isWhole { chunks += other.chunks * times }
    }

    /// The score, 0 to 1. The order of the sums is METEOR's, because a last digit may decide between two references.
    public var score: Double {
        let (precision, recall) = (weight(of: 0), weight(of: 1))
        let mean = 1 / ((1 - Parameter.alpha) / precision + Parameter.alpha / recall)
        let words = matchedWords
        let fragmentation = isWhole ? 0 : chunks / ((words.caption + words.reference) / 2)
        let score = mean * (1 - Parameter.gamma * pow(fragmentation, Parameter.beta))
        return score.isNaN ? 0 : max(score, 0)
    }

    /// The weighted part of its words that one side has matched: 0 is the caption, 1 the reference.
    private func weight(of side: Int) -> Double {
        let (delta, rest) = (Parameter.delta, 1 - Parameter.delta)
        var sum = 0.0
        for (counts, weight) in zip(matches, Parameter.modules) { sum += counts[side] * weight * delta }
        for (counts, weight) in zip(matches, Parameter.modules) { sum += counts[side + 2] * weight * rest }
        return sum / (delta * (lengths[side] - lengths[side + 2]) + rest * lengths[side + 2])
    }
}
