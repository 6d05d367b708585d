import Foundation
import LanguageModels
import Layers
import Tensors
import Testing

/// What nucleus sampling keeps, exactly, and how often it then draws what.
struct SamplingTests {
    private func filtered(_ scores: [Float], _ options: SamplingOptions) -> [Float] {
        var scores = scores
        scores.withUnsafeMutableBufferPointer { scores in
            for rule in options.rules { rule(scores, history: []) }
        }
        return scores
    }

    private let scores: [Float] = [0.5, 0.25, 0.125, 0.0625, 0.0625].map { log($0) }

    /// The least likely tokens go that hold at most `1 - share` together: with 0.7, one of a sixteenth, the other, and
    /// the eighth, whose sum of 0.25 is within 0.3.
    @Test func nucleusKeepsTheLikeliestTokensThatHoldTheShare() {
        let kept = filtered(scores, SamplingOptions(nucleus: 0.7, candidateLimit: 0))
        #expect(kept.map(\.isFinite) == [true, true, false, false, false])
        let more = filtered(scores, SamplingOptions(nucleus: 0.8, candidateLimit: 0))
        #expect(more.map(\.isFinite) == [true, true, true, false, false])
    }

    @Test func candidateLimitKeepsTiesAndComesBeforeTheNucleus() {
        #expect(filtered(scores, SamplingOptions(nucleus: 1, candidateLimit: 4)).map(\.isFinite).count { $0 } == 5)
        #expect(filtered(scores, SamplingOptions(nucleus: 1, candidateLimit: 2)).map(\.isFinite).count { $0 } == 2)
    }

    @Test func temperatureDividesScores() {
        let kept = filtered(scores, SamplingOptions(nucleus: 1, temperature: 0.5, candidateLimit: 0))
        for (score, original) in zip(kept, scores) { #expect(abs(score - 2 * original) < 1e-6) }
    }

    /// Draws 4000 first tokens from a model of fixed scores: the shares are those of the kept distribution to four
    /// standard deviations.
    @Test func drawsFollowTheKeptDistribution() {
        let count = 4000
        let texts = nucleusSampling(
            Tensor((0..<count).flatMap { _ in scores }, shape: [count, scores.count]), Still(),
            prompts: Array(repeating: [0], count: count),
            options: GenerationOptions(maximumNewTokens: 1, end: 9, padding: 9),
            sampling: SamplingOptions(nucleus: 0.8), key: RandomKey(seed: 3))
        let kept: [Double] = [0.5, 0.25, 0.125].map { $0 / 0.875 }
        for (token, probability) in kept.enumerated() {
            let share = Double(texts.count { $0.newIDs.first == Int32(token) }) / Double(count)
            #expect(abs(share - probability) < 4 * (probability * (1 - probability) / Double(count)).squareRoot())
        }
        #expect(texts.allSatisfy { $0.newIDs.allSatisfy { $0 < 3 } })
    }

    @Test func unrepeatedRunsForbidWhatWouldEndARunAgain() {
        var scores = [Float](repeating: 0, count: 6)
        scores.withUnsafeMutableBufferPointer { UnrepeatedRuns(length: 3)($0, history: [1, 2, 4, 1, 2, 5, 1, 2]) }
        #expect(scores.map(\.isFinite) == [true, true, true, true, false, false])
    }

    private struct Still: Decoding {
        func advance(_ tokens: IndexTensor) -> Tensor { Tensor(zeros: [tokens.count, 5]) }
        func reorder(by rows: IndexTensor) {}
    }
}
