/// Learns merges from counted words: the pair of neighbours that occurs most often becomes one token, again and again.
///
/// Of pairs that occur equally often the one of the lower ids comes first, as in Hugging Face's `BpeTrainer`, so the
/// result depends on nothing but the words.
struct MergeTraining {
    private var words: [[Int32]]
    private let counts: [Int]
    private var occurrences: [Pair: Int] = [:]
    private var wordsWithPair: [Pair: Set<Int>] = [:]
    private var candidates = Heap<Candidate>()

    struct Pair: Hashable {
        var left: Int32
        var right: Int32
    }

    private struct Candidate: Comparable {
        var count: Int
        var pair: Pair

        static func < (first: Candidate, second: Candidate) -> Bool {
            if first.count != second.count { return first.count > second.count }
            return (first.pair.left, first.pair.right) < (second.pair.left, second.pair.right)
        }
    }

    /// - Parameter words: the tokens of each word, single bytes or characters at first, and how often it occurs.
    init(_ words: [(tokens: [Int32], count: Int)]) {
        self.words = words.map(\.tokens)
        counts = words.map(\.count)
        for index in words.indices { count(index, sign: 1) }
        for (pair, count) in occurrences { candidates.insert(Candidate(count: count, pair: pair)) }
    }

    /// Takes the pair that occurs most often and makes it one token wherever it stands.
    ///
    /// - Parameters:
    ///   - minimumCount: pairs that occur less often are left alone.
    ///   - token: the token that a pair becomes.
    /// - Returns: the pair, or nil when none is left.
    mutating func next(minimumCount: Int, token: (Pair) -> Int32) -> Pair? {
        while let candidate = candidates.popFirst() {
            let count = occurrences[candidate.pair] ?? 0
            if count < max(1, minimumCount) { continue }
            if count != candidate.count {
                candidates.insert(Candidate(count: count, pair: candidate.pair))
                continue
            }
            merge(candidate.pair, into: token(candidate.pair))
            return candidate.pair
        }
        return nil
    }

    private mutating func merge(_ pair: Pair, into token: Int32) {
        var grown: Set<Pair> = []
        for index in wordsWithPair[pair] ?? [] {
            count(index, sign: -1)
            words[index] = Self.merged(words[index], pair, token)
            count(index, sign: 1)
            for (left, right) in zip(words[index], words[index].dropFirst()) where left == token || right == token {
                grown.insert(Pair(left: left, right: right))
            }
        }
        for pair in grown { candidates.insert(Candidate(count: occurrences[pair] ?? 0, pair: pair)) }
    }

    private static func merged(_ word: [Int32], _ pair: Pair, _ token: Int32) -> [Int32] {
        var out: [Int32] = []
        var place = 0
        while place < word.count {
            let isPair = place + 1 < word.count && word[place] == pair.left && word[place + 1] == pair.right
            out.append(isPair ? token : word[place])
            place += isPair ? 2 : 1
        }
        return out
    }

    private mutating func count(_ index: Int, sign: Int) {
        for (left, right) in zip(words[index], words[index].dropFirst()) {
            let pair = Pair(left: left, right: right)
            occurrences[pair, default: 0] += sign * counts[index]
            if sign > 0 {
                wordsWithPair[pair, default: []].insert(index)
            } else {
                wordsWithPair[pair]?.remove(index)
            }
        }
    }
}

/// A vocabulary cannot be learned as asked for.
public struct TokenizerTrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number of tokens asked for.
    public let vocabularyCount: Int
    /// The number that the special tokens and the alphabet alone take.
    public let minimum: Int

    /// An error about these two numbers.
    public init(vocabularyCount: Int, minimum: Int) {
        self.vocabularyCount = vocabularyCount
        self.minimum = minimum
    }

    /// One sentence with both.
    public var description: String {
        "a vocabulary of \(vocabularyCount) tokens has no room for the \(minimum) special tokens and characters"
    }
}
