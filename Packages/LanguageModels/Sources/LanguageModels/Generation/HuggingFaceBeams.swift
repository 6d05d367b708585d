import Foundation

/// Beams as transformers 5 handles them (`generation/utils.py` at 5.23.0), where they are rows of one batch that is never
/// cut short for a sample: a sample that is done keeps what it has.
///
/// Scores are divided by the length of the new text alone.
struct HuggingFaceBeams: SampleBeams {
    private let options: GenerationOptions
    private let rules: [any LogitsRule]
    private let openingCount: Int
    private var beams: [Beam]
    /// The best texts that are finished, the best first; at most as many as beams.
    private var hypotheses: [Beam] = []
    private(set) var isDone = false
    private(set) var origins: [Int]

    init(prompt: [Int32], options: GenerationOptions) {
        self.options = options
        rules = options.rules(openingCount: prompt.count)
        openingCount = prompt.count
        beams = Beam.starting(prompt, count: options.beamCount)
        origins = Array(0..<options.beamCount)
    }

    var tokens: [Int32] { beams.map { $0.ids.last ?? options.padding } }

    mutating func step(_ scores: UnsafeMutableBufferPointer<Float>) {
        if isDone {
            for index in beams.indices { beams[index].ids.append(options.padding) }
            origins = Array(beams.indices)
            return
        }
        let candidates = BeamCandidate.best(after: beams, scores, rules: rules)
        let newCount = beams[0].ids.count - openingCount + 1
        finish(candidates, newCount: newCount)
        take(candidates, newCount: newCount)
        isDone = hypotheses.count == beams.count && (options.stopsEarly || !canImprove(newCount: newCount))
    }

    /// Of the best candidates, as many as there are beams, those that end a text compete with those that ended before.
    private mutating func finish(_ candidates: [BeamCandidate], newCount: Int) {
        let divisor = pow(Float(newCount), options.lengthPenalty)
        let ended = candidates.prefix(beams.count).filter { ends($0, newCount: newCount) }.map {
            Beam(ids: beams[$0.beam].ids + [$0.token], score: $0.score / divisor)
        }
        let all = hypotheses + ended
        let order = all.indices.sorted { (all[$1].score, $0) < (all[$0].score, $1) }
        hypotheses = order.prefix(beams.count).map { all[$0] }
    }

    /// The best candidates that end no text go on.
    private mutating func take(_ candidates: [BeamCandidate], newCount: Int) {
        let going = candidates.filter { $0.token != options.end }.prefix(beams.count)
        origins = going.map(\.beam)
        beams = going.map { Beam(ids: beams[$0.beam].ids + [$0.token], score: $0.score) }
    }

    private func ends(_ candidate: BeamCandidate, newCount: Int) -> Bool {
        candidate.token == options.end || newCount == options.maximumNewTokens
    }

    /// Whether the best beam, were it to end now, would beat the worst finished text.
    private func canImprove(newCount: Int) -> Bool {
        guard let best = beams.first?.score, let worst = hypotheses.last?.score else { return true }
        return best / pow(Float(newCount), options.lengthPenalty) > worst
    }

    func finished() -> [GeneratedText] {
        hypotheses.prefix(options.returnCount).map {
            GeneratedText(ids: $0.ids, openingCount: openingCount, score: $0.score)
        }
    }
}
