/// The tokens of a very long word as a linked list with a heap of its pairs, so that time does not grow with the
/// square of the length.
struct LinkedSymbols {
    private var tokens: [Int32]
    private var ends: [Int]
    private var previous: [Int]
    private var next: [Int]
    private var heap = Heap<Pair>()

    /// A pair by the place of its left token; it is stale when the tokens there have changed.
    private struct Pair: Comparable {
        var rank: Int32
        var place: Int
        var left: Int32
        var right: Int32

        static func < (first: Pair, second: Pair) -> Bool {
            first.rank == second.rank ? first.place < second.place : first.rank < second.rank
        }
    }

    init(_ bytes: [Int32]) {
        tokens = bytes
        ends = Array(1...bytes.count)
        previous = Array(-1..<bytes.count - 1)
        next = Array(1...bytes.count)
    }

    mutating func mergeAll(_ merges: MergeTable) {
        for place in 0..<tokens.count - 1 { pushPair(at: place, merges) }
        // New pairs wait until all old ones of the rank in hand are merged: the reference merges rank by rank, and in
        // an odd list of merges a new pair may come before the rest of its own rank.
        var waiting: [Int] = []
        var rank = Int32.max
        while let pair = heap.first {
            if pair.rank != rank, !waiting.isEmpty {
                for place in waiting { pushPair(at: place, merges) }
                waiting.removeAll(keepingCapacity: true)
                continue
            }
            rank = pair.rank
            _ = heap.popFirst()
            if merge(pair, merges) {
                if previous[pair.place] >= 0 { waiting.append(previous[pair.place]) }
                waiting.append(pair.place)
            }
            if heap.first == nil {
                for place in waiting { pushPair(at: place, merges) }
                waiting.removeAll(keepingCapacity: true)
            }
        }
    }

    func forEach(_ body: (Int32, Int) -> Void) {
        var place = 0
        while place < tokens.count {
            body(tokens[place], ends[place])
            place = next[place]
        }
    }

    private mutating func merge(_ pair: Pair, _ merges: MergeTable) -> Bool {
        let right = next[pair.place]
        guard right < tokens.count, tokens[pair.place] == pair.left, tokens[right] == pair.right else { return false }
        tokens[pair.place] = merges[pair.left, pair.right].result
        ends[pair.place] = ends[right]
        tokens[right] = .min  // stands for no token, so pairs that begin there are stale
        next[pair.place] = next[right]
        if next[right] < tokens.count { previous[next[right]] = pair.place }
        return true
    }

    private mutating func pushPair(at place: Int, _ merges: MergeTable) {
        guard tokens[place] != .min, next[place] < tokens.count else { return }
        let right = tokens[next[place]]
        let rank = merges[tokens[place], right].rank
        if rank == .max { return }
        heap.insert(Pair(rank: rank, place: place, left: tokens[place], right: right))
    }
}
