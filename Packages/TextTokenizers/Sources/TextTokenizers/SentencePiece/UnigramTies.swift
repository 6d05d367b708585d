/// Which of several ways through a word stands where their scores are equal.
///
/// libsentencepiece adds up scores in 32 bits, so that in a run such as `.....` rounding chooses between ways of the same
/// pieces in another order. The published fast tokenizer adds in 64 bits and of equal ways keeps the one whose last
/// piece is the longest, at every place of the word. Words in which a tie is possible are therefore gone through again.
struct UnigramTies: Sendable {
    private let lexicon: Lexicon
    /// The score of each piece that spells text; nil for others.
    private let scores: [Double?]
    /// The score of a character that no piece spells.
    private let unknownScore: Double
    /// The first byte of each piece within a word; 0 for one that begins a word or spells nothing.
    private let firstBytes: [UInt8]

    /// Looking further back for a piece that begins alike costs more than going through the word again.
    private static let lookback = 32

    /// Nil for models whose pieces are not chosen by their scores alone.
    init?(_ model: SentencePieceModel, _ lexicon: Lexicon) {
        let plain: Set<SentencePieceModel.Kind> = [.normal, .unused, .control, .unknown]
        guard model.algorithm == .unigram, plain.isSuperset(of: model.kinds) else { return nil }
        self.lexicon = lexicon
        scores = model.kinds.indices.map { model.kinds[$0] == .normal ? Self.asRead(model.scores[$0]) : nil }
        unknownScore = (scores.lazy.compactMap(\.self).min() ?? 0) - 10
        firstBytes = model.kinds.indices.map { id in
            let beginsWord = lexicon[id].starts(with: SentencePieceTokenizer.blank)
            return model.kinds[id] == .normal && !beginsWord ? lexicon[id].first ?? 0 : 0
        }
    }

    /// Quirk: the reference reads the digits of a score in JSON as one whole number and divides it by a power of ten,
    /// which for 17 digits may miss the last bit, and so may prefer one of two equal ways.
    private static func asRead(_ score: Float) -> Double {
        let exact = Double(score)
        let parts = "\(exact.magnitude)".split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let digits = UInt64(parts[0] + parts[1]) else { return exact }
        let power = (0..<parts[1].count).reduce(1.0) { power, _ in power * 10 }
        return (exact < 0 ? -1 : 1) * (Double(digits) / power)
    }

    /// Whether other ways through a word of these pieces may score the same.
    ///
    /// Where two ways of equal pieces part, one goes on with a piece that the other has later, so two different pieces of
    /// the word begin alike.
    @inline(__always)
    func mayOccur(in ids: UnsafeBufferPointer<Int32>) -> Bool {
        var start = 0
        for place in 0..<ids.count {
            let first = firstBytes[Int(ids[place])]
            if first == 0 {
                start = place + 1
            } else if place > start {
                if place - start > Self.lookback { return true }
                for other in start..<place where firstBytes[Int(ids[other])] == first && ids[other] != ids[place] {
                    return true
                }
            }
        }
        return false
    }

    /// Calls `body` with each stretch of ids between words' beginnings and unknown pieces, and the ids that stand there.
    func forEachWord(of ids: UnsafeBufferPointer<Int32>, _ body: (Range<Int>, [Int32]) -> Void) {
        var start = 0
        var before = 0.0  // the score of the word so far, on which rounding depends
        while start < ids.count {
            var end = start + 1
            while scores[Int(ids[start])] != nil, end < ids.count, firstBytes[Int(ids[end])] != 0 { end += 1 }
            let part = UnsafeBufferPointer(rebasing: ids[start..<end])
            if lexicon[Int(ids[start])].starts(with: SentencePieceTokenizer.blank) { before = 0 }
            let settled = part.count > 1 && mayOccur(in: part) ? best(of: part, behind: before) : Array(part)
            before = settled.reduce(before) { $0 + (scores[Int($1)] ?? unknownScore) }
            body(start..<end, settled)
            start = end
        }
    }

    /// Where the best way to a place of a word comes from.
    private struct Step {
        var score: Double
        var start: Int
        var id: Int32
    }

    /// The best way through the text of some pieces; the earliest found of equal ones, which has the longest last piece.
    private func best(of pieces: UnsafeBufferPointer<Int32>, behind score: Double) -> [Int32] {
        let word = pieces.flatMap { Array(lexicon[Int($0)]) }
        var steps = [Step?](repeating: nil, count: word.count + 1)
        steps[0] = Step(score: score, start: 0, id: 0)
        word.withUnsafeBufferPointer { word in
            for start in 0..<word.count {
                guard let before = steps[start]?.score else { continue }
                for end in start + 1...min(word.count, start + lexicon.maximumLength) {
                    let id = lexicon.id(of: UnsafeBufferPointer(rebasing: word[start..<end]))
                    guard id >= 0, let score = scores[Int(id)] else { continue }
                    let total = before + score
                    if let other = steps[end], other.score >= total { continue }
                    steps[end] = Step(score: total, start: start, id: id)
                }
            }
        }
        var ids: [Int32] = []
        var end = word.count
        while end > 0, let step = steps[end] {
            ids.append(step.id)
            end = step.start
        }
        return ids.reversed()
    }
}
