import Datasets
import Tensors
import Testing

/// T5's task: nothing is lost, the shares are those asked for, and all ways to cut are drawn.
struct SpanCorruptionTests {
    private let corruption = SpanCorruption(sentinels: (0..<100).map { 1000 - Int32($0) })

    /// The text put together again.
    private func restored(_ reading: [Int32], _ writing: [Int32]) -> [Int32] {
        var runs: [Int32: [Int32]] = [:]
        var current: Int32 = 0
        for token in writing {
            if token > 900 { current = token } else { runs[current, default: []].append(token) }
        }
        return reading.flatMap { token in token > 900 ? runs[token] ?? [] : [token] }
    }

    @Test(arguments: [2, 3, 5, 14, 64, 127, 500]) func whatWasTakenOutFillsTheGaps(_ count: Int) {
        let tokens = (0..<Int32(count)).map { $0 % 800 }
        for sample in 0..<20 {
            var draws = RandomSequence(RandomKey(seed: UInt64(sample)))
            let (reading, writing) = corruption(tokens, using: &draws)
            #expect(restored(reading, writing) == tokens)
            let sentinels = reading.filter { $0 > 900 }
            #expect(sentinels == writing.filter { $0 > 900 })
            #expect(sentinels == Array(corruption.sentinels.prefix(sentinels.count)))
            let removed = max(Int((Double(count) * 0.15).rounded()), 1)
            #expect(writing.count - sentinels.count == removed)
            #expect(sentinels.count == max(Int((Double(removed) / 3).rounded()), 1))
            #expect(reading.first.map { $0 <= 900 } == true && reading.last.map { $0 > 900 } == true)
        }
    }

    /// Twelve tokens of which four go in two runs: 3 ways to cut what goes, 7 to cut what stays.
    @Test func allCutsAreEquallyLikely() {
        let corruption = SpanCorruption(rate: 1.0 / 3, meanLength: 2, sentinels: [1000, 999])
        var counts: [[Int32]: Int] = [:]
        var draws = RandomSequence(RandomKey(seed: 7))
        for _ in 0..<21_000 { counts[corruption((0..<12).map { $0 }, using: &draws).reading, default: 0] += 1 }
        #expect(counts.count == 21)
        // 1000 expected of each, with a deviation of 31.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 160 }, "\(counts)")
    }

    @Test func shortTextsAndFewSentinels() {
        var draws = RandomSequence(RandomKey(seed: 1))
        #expect(corruption([], using: &draws) == ([], []))
        #expect(corruption([5], using: &draws) == ([5], []))
        let one = SpanCorruption(sentinels: [1000])
        let (reading, writing) = one((0..<200).map { $0 }, using: &draws)
        #expect(reading.filter { $0 == 1000 }.count == 1 && writing.count == 31)
    }
}
