import Foundation
import Layers
import Tensors

/// Beam search with the semantics of transformers 4.26.1 (`generation/beam_search.py`, `generation/utils.py`), which
/// the reference generates with.
///
/// Quirk: the length that a score is divided by counts the prompt and its padding on the left.
///
/// - Parameters:
///   - logits: of the first new token, `[samples, vocabulary]`
///   - decoding: where the samples stand, a row each
///   - prompts: the ids of each sample so far, all of one length
///   - options: how
/// - Returns: for each sample its texts, the best first
public func beamSearch(
    _ logits: Tensor, _ decoding: some Decoding, prompts: [[Int32]], options: GenerationOptions
) -> [[GeneratedText]] {
    var (logits, decoding) = (logits, decoding)
    let beams = options.beamCount
    let spread = IndexTensor((0..<prompts.count * beams).map { Int32($0 / beams) }, shape: [prompts.count * beams])
    decoding.reorder(by: spread)
    logits = logits.gathering(spread)
    var searches = prompts.map { BeamSearch(prompt: $0, options: options) }
    for step in 0..<options.maximumNewTokens {
        let vocabulary = logits.shape[1]
        var scores = logits.logSoftmax()
        scores.withMutableScalars { scores in
            for sample in searches.indices {
                let start = sample * beams * vocabulary
                searches[sample].step(
                    UnsafeMutableBufferPointer(rebasing: scores[start..<start + beams * vocabulary]))
            }
        }
        if searches.allSatisfy(\.isDone) || step == options.maximumNewTokens - 1 { break }
        let origins = searches.enumerated().flatMap { sample, search in
            search.origins.map { Int32(sample * beams + $0) }
        }
        decoding.reorder(by: IndexTensor(origins, shape: [origins.count]))
        let tokens = searches.flatMap(\.tokens)
        logits = decoding.advance(IndexTensor(tokens, shape: [tokens.count]))
    }
    return searches.map { $0.finished() }
}

/// The beams of one sample.
private struct BeamSearch {
    private let options: GenerationOptions
    private let rules: [any LogitsRule]
    private let maximumLength: Int
    private var beams: [Beam]
    private var hypotheses: [Hypothesis] = []
    /// Whether no beam can do better than the hypotheses.
    private(set) var isDone = false
    /// Which beam each beam continues, from the last step.
    private(set) var origins: [Int]

    private struct Beam {
        var ids: [Int32]
        var score: Float
    }

    private struct Hypothesis {
        var ids: [Int32]
        var score: Float
        var hasEnded: Bool
    }

    private struct Candidate {
        var beam: Int
        var token: Int32
        var score: Float
    }

    init(prompt: [Int32], options: GenerationOptions) {
        self.options = options
        rules = options.rules
        maximumLength = prompt.count + options.maximumNewTokens
        beams = (0..<options.beamCount).map { Beam(ids: prompt, score: $0 == 0 ? 0 : -1e9) }
        origins = Array(0..<options.beamCount)
    }

    /// The token each beam ends with.
    var tokens: [Int32] { beams.map { $0.ids.last ?? options.padding } }

    /// Extends the beams by one token each, given log-probabilities `[beams, vocabulary]`.
    mutating func step(_ scores: UnsafeMutableBufferPointer<Float>) {
        if isDone { return fill() }
        let vocabulary = scores.count / beams.count
        for (index, beam) in beams.enumerated() {
            let own = UnsafeMutableBufferPointer(rebasing: scores[index * vocabulary..<(index + 1) * vocabulary])
            for rule in rules { rule(own, history: beam.ids) }
            for place in own.indices { own[place] += beam.score }
        }
        let candidates = best(2 * beams.count, of: scores).map {
            Candidate(beam: $0 / vocabulary, token: Int32($0 % vocabulary), score: scores[$0])
        }
        let length = beams[0].ids.count
        take(candidates)
        isDone = cannotImprove(best: candidates.map(\.score).max() ?? -.infinity, length: length)
    }

    /// A sample that is done only keeps its place among the others.
    private mutating func fill() {
        for index in beams.indices { beams[index].ids.append(options.padding) }
        origins = beams.indices.map { _ in 0 }
    }

    /// Walks the candidates from the best: an end among the first `beamCount` makes a hypothesis, others continue.
    private mutating func take(_ candidates: [Candidate]) {
        var next: [Beam] = []
        var origins: [Int] = []
        for (rank, candidate) in candidates.enumerated() where next.count < beams.count {
            let ids = beams[candidate.beam].ids
            if candidate.token == options.end {
                if rank < beams.count { add(ids, sum: candidate.score, hasEnded: true) }
            } else {
                next.append(Beam(ids: ids + [candidate.token], score: candidate.score))
                origins.append(candidate.beam)
            }
        }
        beams = next
        self.origins = origins
    }

    private mutating func add(_ ids: [Int32], sum: Float, hasEnded: Bool) {
        let score = sum / pow(Float(ids.count), options.lengthPenalty)
        if hypotheses.count == options.beamCount {
            guard let worst = hypotheses.map(\.score).min(), score > worst else { return }
        }
        hypotheses.append(Hypothesis(ids: ids, score: score, hasEnded: hasEnded))
        if hypotheses.count > options.beamCount,
            let worst = hypotheses.indices.min(by: { hypotheses[$0].score < hypotheses[$1].score })
        {
            hypotheses.remove(at: worst)
        }
    }

    private func cannotImprove(best: Float, length: Int) -> Bool {
        guard hypotheses.count >= options.beamCount, let worst = hypotheses.map(\.score).min() else { return false }
        return worst >= best / pow(Float(length), options.lengthPenalty)
    }

    /// The places of the greatest scores, in falling order; of equal ones the first.
    private func best(_ count: Int, of scores: UnsafeMutableBufferPointer<Float>) -> [Int] {
        var best: [Int] = []
        var threshold = -Float.infinity
        for place in scores.indices where scores[place] > threshold || best.count < count {
            let rank = best.firstIndex { scores[$0] < scores[place] } ?? best.count
            best.insert(place, at: rank)
            if best.count > count { best.removeLast() }
            if best.count == count { threshold = scores[best[count - 1]] }
        }
        return best
    }

    /// The best texts; beams that have not ended take part with the score they have.
    func finished() -> [GeneratedText] {
        var search = self
        if !isDone {
            for beam in beams { search.add(beam.ids, sum: beam.score, hasEnded: false) }
        }
        let order = search.hypotheses.indices.sorted {
            (search.hypotheses[$0].score, $0) > (search.hypotheses[$1].score, $1)
        }
        return order.prefix(options.returnCount).map { index in
            let hypothesis = search.hypotheses[index]
            let ends = hypothesis.hasEnded && hypothesis.ids.count < maximumLength
            return GeneratedText(ids: hypothesis.ids + (ends ? [options.end] : []), score: hypothesis.score)
        }
    }
}
