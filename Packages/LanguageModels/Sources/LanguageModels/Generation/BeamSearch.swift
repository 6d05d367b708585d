import Foundation
import Layers
import Tensors

/// Beam search with the semantics of transformers that the options' convention names.
///
/// - Parameters:
///   - logits: of the first new token, `[samples, vocabulary]`
///   - decoding: where the samples stand, a row each
///   - prompts: the ids of each sample so far
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
    var searches: [any SampleBeams] = prompts.map { prompt in
        switch options.convention {
        case .lavis: LAVISBeams(prompt: prompt, options: options)
        case .huggingFace: HuggingFaceBeams(prompt: prompt, options: options)
        }
    }
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
protocol SampleBeams {
    /// Whether no beam can do better than the texts that are finished.
    var isDone: Bool { get }
    /// Which beam each beam continues, from the last step.
    var origins: [Int] { get }
    /// The token each beam ends with.
    var tokens: [Int32] { get }

    /// Extends the beams by one token each, given log-probabilities `[beams, vocabulary]`.
    mutating func step(_ scores: UnsafeMutableBufferPointer<Float>)

    /// The best texts.
    func finished() -> [GeneratedText]
}

/// A text under way, with the sum of its log-probabilities.
struct Beam {
    var ids: [Int32]
    var score: Float

    /// Beams that all start with a prompt; only the first of them counts, or all would find the same.
    static func starting(_ prompt: [Int32], count: Int) -> [Beam] {
        (0..<count).map { Beam(ids: prompt, score: $0 == 0 ? 0 : -1e9) }
    }
}

/// A token that continues a beam.
struct BeamCandidate {
    var beam: Int
    var token: Int32
    var score: Float

    /// The best continuations, the best first; of equal ones the first. Twice as many as beams, so that enough are left
    /// if the best of every beam is its end.
    ///
    /// - Parameters:
    ///   - beams: what is continued
    ///   - scores: log-probabilities `[beams, vocabulary]`, to which the rules are applied and the beams' scores added
    ///   - rules: what changes log-probabilities
    static func best(
        after beams: [Beam], _ scores: UnsafeMutableBufferPointer<Float>, rules: [any LogitsRule]
    ) -> [BeamCandidate] {
        let vocabulary = scores.count / beams.count
        for (index, beam) in beams.enumerated() {
            let own = UnsafeMutableBufferPointer(rebasing: scores[index * vocabulary..<(index + 1) * vocabulary])
            for rule in rules { rule(own, history: beam.ids) }
            for place in own.indices { own[place] += beam.score }
        }
        return places(ofGreatest: 2 * beams.count, in: scores).map {
            BeamCandidate(beam: $0 / vocabulary, token: Int32($0 % vocabulary), score: scores[$0])
        }
    }

    private static func places(ofGreatest count: Int, in scores: UnsafeMutableBufferPointer<Float>) -> [Int] {
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
}
