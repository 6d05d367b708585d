/// Words of a caption that match words of a reference.
struct METEORMatch {
    /// The matchers in their order.
    enum Module: Int, CaseIterable {
        case exact, stem, synonym, paraphrase

        /// What a matched word counts in the search for an alignment, in halves.
        var searchWeight: Int { self == .exact ? 2 : 1 }
    }

    var module: Module
    /// Place and number of the reference's words.
    var start: Int
    var count: Int
    /// Place and number of the caption's words.
    var captionStart: Int
    var captionCount: Int
}

/// All matches between a caption and a reference.
struct METEORMatches {
    /// By their start in the reference, and those of a start in the order in which METEOR finds them.
    private(set) var all: [METEORMatch] = []
    /// Where in `all` the matches of each start begin.
    private(set) var starts: [Int] = []
    /// How many matches cover each word.
    private(set) var captionCoverage: [Int]
    private(set) var coverage: [Int]

    private var found: [METEORMatch] = []

    init(_ caption: ArraySlice<Int32>, _ reference: ArraySlice<Int32>, _ words: METEORVocabulary, _ data: METEORData) {
        captionCoverage = [Int](repeating: 0, count: caption.count)
        coverage = [Int](repeating: 0, count: reference.count)
        let (caption, reference) = (Array(caption), Array(reference))
        addPairs(.exact, caption, reference) { $0 == $1 }
        // Equal sentences need no more; it also keeps the search from losing its way.
        if caption != reference {
            addPairs(.stem, caption, reference) { $0 != $1 && words.stems[Int($0)] == words.stems[Int($1)] }
            addPairs(.synonym, caption, reference) {
                $0 != $1 && METEORMatches.intersect(words.synonyms($0), words.synonyms($1))
            }
            addParaphrases(
                caption.map { words.dataNumbers[Int($0)] }, reference.map { words.dataNumbers[Int($0)] }, data)
        }
        sortByStart()
    }

    func matches(at start: Int) -> Range<Int> { starts[start]..<starts[start + 1] }

    private mutating func add(_ match: METEORMatch) {
        found.append(match)
        for place in match.captionStart..<match.captionStart + match.captionCount { captionCoverage[place] += 1 }
        for place in match.start..<match.start + match.count { coverage[place] += 1 }
    }

    private mutating func addPairs(
        _ module: METEORMatch.Module, _ caption: [Int32], _ reference: [Int32], _ isMatch: (Int32, Int32) -> Bool
    ) {
        for (start, word) in reference.enumerated() {
            for (place, other) in caption.enumerated() where isMatch(other, word) {
                add(METEORMatch(module: module, start: start, count: 1, captionStart: place, captionCount: 1))
            }
        }
    }

    private static func intersect(_ first: ArraySlice<UInt32>, _ second: ArraySlice<UInt32>) -> Bool {
        var (place, other) = (first.startIndex, second.startIndex)
        while place < first.endIndex && other < second.endIndex {
            if first[place] == second[other] { return true }
            if first[place] < second[other] { place += 1 } else { other += 1 }
        }
        return false
    }

    /// Quirk: a pair that the data hold both ways is found twice, and then is no longer the only match of its words.
    private mutating func addParaphrases(_ caption: [Int], _ reference: [Int], _ data: METEORData) {
        let own = METEORPhrases(caption, data)
        let others = METEORPhrases(reference, data)
        for phrase in others.phrases {
            data.forEachParaphrase(phrase.node) { node in
                for other in own.places(of: node) {
                    add(
                        METEORMatch(
                            module: .paraphrase, start: phrase.start, count: phrase.count,
                            captionStart: other.start, captionCount: other.count))
                }
            }
        }
        for phrase in own.phrases {
            data.forEachParaphrase(phrase.node) { node in
                for other in others.places(of: node) {
                    add(
                        METEORMatch(
                            module: .paraphrase, start: other.start, count: other.count,
                            captionStart: phrase.start, captionCount: phrase.count))
                }
            }
        }
    }

    private mutating func sortByStart() {
        starts = [Int](repeating: 0, count: coverage.count + 1)
        for match in found { starts[match.start + 1] += 1 }
        for start in coverage.indices { starts[start + 1] += starts[start] }
        var next = starts
        var order = [Int](repeating: 0, count: found.count)
        for (number, match) in found.enumerated() {
            order[next[match.start]] = number
            next[match.start] += 1
        }
        all = order.map { found[$0] }
    }
}

/// The phrases of one sentence that METEOR's paraphrases know.
private struct METEORPhrases {
    struct Phrase {
        var node: Int
        var start: Int
        var count: Int
    }

    /// By start, shorter ones first.
    private(set) var phrases: [Phrase] = []
    /// By phrase, then start.
    private let sorted: [Phrase]
    /// Which remainders modulo its size the phrases' numbers have, to tell most others apart at once.
    private var seen = (SIMD8<UInt64>.zero)

    init(_ words: [Int], _ data: METEORData) {
        var phrases: [Phrase] = []
        for start in words.indices {
            var node = 0
            for end in start..<words.count {
                guard words[end] >= 0, let next = data.phrase(node, words[end]) else { break }
                node = next
                phrases.append(Phrase(node: node, start: start, count: end - start + 1))
            }
        }
        self.phrases = phrases
        sorted = phrases.sorted { ($0.node, $0.start) < ($1.node, $1.start) }
        for phrase in phrases { seen[phrase.node >> 6 & 7] |= 1 << UInt64(phrase.node & 63) }
    }

    func places(of node: UInt32) -> ArraySlice<Phrase> {
        guard seen[Int(node >> 6 & 7)] & 1 << UInt64(node & 63) != 0 else { return [] }
        guard let first = sorted.firstIndex(where: { $0.node >= node }) else { return [] }
        let end = sorted[first...].firstIndex { $0.node > node } ?? sorted.endIndex
        return sorted[first..<end]
    }
}
