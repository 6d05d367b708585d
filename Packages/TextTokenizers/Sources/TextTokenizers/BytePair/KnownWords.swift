import Synchronization

/// What was found out about words before: the tokens that stand for their own bytes whole, and what other words became.
///
/// Threads share it without locks. A token's mark is the same whoever writes it; another word has one place, which the
/// first word that falls there keeps, so that memory is bounded.
final class KnownWords: @unchecked Sendable {
    /// What is known of a token.
    enum Mark: UInt8 { case unknown, whole, merged }

    /// Longer words, and words of more parts, are rare and merged each time.
    private typealias Bytes = InlineArray<24, UInt8>
    private typealias PerPart<Element> = InlineArray<7, Element>
    private static let placeCount = 1 << 12

    /// A word and its parts, in one line of the cache.
    private struct Parts {
        var ends = PerPart<UInt8>(repeating: 0)
        var count: UInt8 = 0
        var tokens = PerPart<Int32>(repeating: 0)
        var bytes = Bytes(repeating: 0)
        var length: UInt8 = 0
    }

    private enum State { static let (free, beingWritten, ready): (UInt8, UInt8, UInt8) = (0, 1, 2) }

    private let tokenCount: Int
    private let marks: UnsafeMutablePointer<Atomic<UInt8>>
    private let states: UnsafeMutablePointer<Atomic<UInt8>>
    private let places: UnsafeMutablePointer<Parts>

    /// Nothing is known of the tokens of a vocabulary.
    init(tokenCount: Int) {
        self.tokenCount = tokenCount
        marks = .allocate(capacity: tokenCount + 1)
        for id in 0..<tokenCount { (marks + id).initialize(to: Atomic(Mark.unknown.rawValue)) }
        states = .allocate(capacity: Self.placeCount)
        for place in 0..<Self.placeCount { (states + place).initialize(to: Atomic(State.free)) }
        places = .allocate(capacity: Self.placeCount)
        places.initialize(repeating: Parts(), count: Self.placeCount)
    }

    deinit {
        marks.deinitialize(count: tokenCount)
        marks.deallocate()
        states.deinitialize(count: Self.placeCount)
        states.deallocate()
        places.deallocate()
    }

    /// Whether a token stands for its own bytes whole.
    @inline(__always)
    subscript(token: Int32) -> Mark {
        get { Mark(rawValue: marks[Int(token)].load(ordering: .relaxed)) ?? .unknown }
        set { marks[Int(token)].store(newValue.rawValue, ordering: .relaxed) }
    }

    /// Calls `body` with the token and the end of each part of a word that is known.
    ///
    /// - Returns: false when it is not.
    @inline(__always)
    func forEachToken(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32, Int) -> Void) -> Bool {
        let place = Self.place(of: word)
        guard states[place].load(ordering: .acquiring) == State.ready, places[place].length == word.count else {
            return false
        }
        for index in 0..<word.count where places[place].bytes[index] != word[index] { return false }
        for part in 0..<Int(places[place].count) {
            body(places[place].tokens[part], Int(places[place].ends[part]))
        }
        return true
    }

    /// Keeps what a word became, if its place is free.
    func keep(_ word: UnsafeBufferPointer<UInt8>, tokens: some Collection<(token: Int32, end: Int)>) {
        guard word.count <= Bytes.count, tokens.count <= PerPart<Int32>.count else { return }
        let place = Self.place(of: word)
        let claim = states[place].compareExchange(
            expected: State.free, desired: State.beingWritten, ordering: .acquiring)
        guard claim.exchanged else { return }
        var parts = Parts()
        parts.length = UInt8(word.count)
        parts.count = UInt8(tokens.count)
        for (index, byte) in word.enumerated() { parts.bytes[index] = byte }
        for (index, part) in tokens.enumerated() {
            parts.tokens[index] = part.token
            parts.ends[index] = UInt8(part.end)
        }
        places[place] = parts
        states[place].store(State.ready, ordering: .releasing)
    }

    @inline(__always)
    private static func place(of word: UnsafeBufferPointer<UInt8>) -> Int {
        Int(truncatingIfNeeded: Lexicon.hash(of: word) >> 32) & (placeCount - 1)
    }
}
