import EvaluationMetrics
import Testing

/// The paired bootstrap of means, beside the same written out.
struct MeanComparisonTests {
    private let first = [0.3, 1, 0, 0.6, 0.9, 0.1, 0.5, 0.5, 0, 1, 0.2]
    private let second = [0.61, 1, 0.37, 0.33, 1, 0.23, 0.5, 0.74, 0.11, 0.6, 0.29]
    private let bootstrap = Bootstrap(sampleCount: 41, seed: 3)

    @Test func samplesDrawTheSamePairs() {
        let comparison = MeanComparison(first, second, bootstrap: bootstrap)
        let samples = (0..<41).map { sample -> Double in
            let drawn = bootstrap.multiplicities(sample: sample, count: first.count).enumerated().flatMap {
                Array(repeating: $0.offset, count: Int($0.element))
            }
            return drawn.map { second[$0] }.reduce(0, +) / 11 - drawn.map { first[$0] }.reduce(0, +) / 11
        }.sorted()
        #expect(abs(comparison.first - 5.1 / 11) < 1e-12 && abs(comparison.second - 5.78 / 11) < 1e-12)
        #expect(abs(comparison.difference - 0.68 / 11) < 1e-12)
        #expect(abs(comparison.interval.lowerBound - samples[1]) < 1e-12)
        #expect(abs(comparison.interval.upperBound - samples[39]) < 1e-12)
        let (ahead, behind) = (samples.count { $0 > 1e-12 }, samples.count { $0 < -1e-12 })
        #expect(ahead + behind == 41 && ahead > behind && behind > 0, "\(samples)")
        #expect(comparison.partAhead == Double(ahead) / 41)
        #expect(comparison.pValue == 2 * Double(behind + 1) / 42)
    }

    @Test func turnedRoundItIsTheOpposite() {
        let there = MeanComparison(first, second, bootstrap: bootstrap)
        let back = MeanComparison(second, first, bootstrap: bootstrap)
        #expect(abs(there.difference + back.difference) < 1e-12 && there.pValue == back.pValue)
        #expect(abs(there.interval.lowerBound + back.interval.upperBound) < 1e-12)
        #expect(abs(there.partAhead + back.partAhead - 1) < 1e-12)
    }

    @Test func whatIsCertainIsSaidSo() {
        let itself = MeanComparison(first, first, bootstrap: bootstrap)
        #expect(itself.difference == 0 && itself.interval == 0...0 && itself.partAhead == 0.5 && itself.pValue == 1)
        // Ahead in every sample: as far as 41 samples can say.
        let ahead = MeanComparison([1, 2, 3, 4], [1.5, 2.5, 3.5, 4.5], bootstrap: bootstrap)
        #expect(ahead.interval == 0.5...0.5 && ahead.partAhead == 1 && ahead.pValue == 2.0 / 42)
    }

    /// Scores of one sample alone cannot vary; equal means of scores that differ do.
    @Test func intervalsFollowTheSpreadOfTheDifferences() {
        let one = MeanComparison([0.2], [0.5], bootstrap: bootstrap)
        #expect(abs(one.interval.lowerBound - 0.3) < 1e-12 && abs(one.interval.upperBound - 0.3) < 1e-12)
        let wide = MeanComparison([0, 1, 0, 1], [1, 0, 1, 0], bootstrap: bootstrap)
        #expect(wide.difference == 0 && wide.interval.lowerBound < -0.4 && wide.interval.upperBound > 0.4)
        // The same spread in both systems is none in their difference.
        let paired = MeanComparison([0, 1, 0, 1], [0, 1, 0, 1], bootstrap: bootstrap)
        #expect(paired.interval == 0...0)
    }
}
