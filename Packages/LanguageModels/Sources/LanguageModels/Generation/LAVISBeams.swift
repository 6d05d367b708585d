import Foundation

/// Beams as transformers 4.26.1 handles them (`generation/beam_search.py`, `generation/utils.py`), which the reference
/// generates with.
///
/// Quirk: the length that a score is divided by counts the prompt and its padding on the left.
struct LAVISBeams: SampleBeams {
    private let options: GenerationOptions
    private let rules: [any LogitsRule]
    private let maximumLength: Int
    private var beams: [Beam]
    private var hypotheses: [Hypothesis] = []
    private let openingCount: Int
    private(set) var isDone = false
    private(set) var origins: [Int]

    private struct Hypothesis {
        var ids: [Int32]
        var score: Float
        var hasEnded: Bool
    }

    init(prompt: [Int32], options: GenerationOptions) {
        self.options = options
        rules = options.rules(openingCount: prompt.count)
        openingCount = prompt.count
        maximumLength = prompt.count + options.maximumNewTokens
        beams = Beam.starting(prompt, count: options.beamCount)
        origins = Array(0..<options.beamCount)
    }

    var tokens: [Int32] { beams.map { $0.ids.last ?? options.padding } }

    mutating func step(_ scores: UnsafeMutableBufferPointer<Float>) {
        if isDone { return fill() }
        let candidates = BeamCandidate.best(after: beams, scores, rules: rules)
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
    private mutating func take(_ candidates: [BeamCandidate]) {
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
        return options.stopsEarly || worst >= best / pow(Float(length), options.lengthPenalty)
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
            return GeneratedText(
                ids: hypothesis.ids + (ends ? [options.end] : []), openingCount: openingCount, score: hypothesis.score)
        }
    }
}
