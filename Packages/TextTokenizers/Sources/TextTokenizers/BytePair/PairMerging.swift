/// Byte-pair encoding of one word, as the published `bpe` function does it: of all neighbours find the pair that
/// merges earliest, merge each of its occurrences from left to right, and begin again.
struct PairMerging: Sendable {
    let merges: MergeTable
    /// The token of each single byte, or a negative number of its own kind that merges with nothing.
    let byteTokens: [Int32]

    /// Above this many bytes a heap finds the next pair; below, looking at all of them is quicker.
    private static let heapThreshold = 96

    /// Calls `body` with the token and the end in the word of each part; a negative token is a byte without one.
    @inline(__always)
    func forEachToken(of word: UnsafeBufferPointer<UInt8>, _ body: (Int32, Int) -> Void) {
        if word.count > Self.heapThreshold {
            var symbols = LinkedSymbols(word.map { byteTokens[Int($0)] })
            symbols.mergeAll(merges)
            symbols.forEach(body)
        } else {
            withUnsafeTemporaryAllocation(of: Symbol.self, capacity: Self.heapThreshold) { symbols in
                let count = merge(word, symbols)
                for index in 0..<count { body(symbols[index].token, symbols[index].end) }
            }
        }
    }

    /// A token of the word, where it ends, and how it merges with the next.
    private struct Symbol {
        var token: Int32
        var end: Int
        var merge: MergeTable.Merge
    }

    /// - Returns: the number of tokens left at the front of the buffer.
    @inline(never)
    private func merge(_ word: UnsafeBufferPointer<UInt8>, _ symbols: UnsafeMutableBufferPointer<Symbol>) -> Int {
        var count = word.count
        for index in 0..<count {
            symbols[index] = Symbol(token: byteTokens[Int(word[index])], end: index + 1, merge: .none)
            if index > 0 { symbols[index - 1].merge = merges[symbols[index - 1].token, symbols[index].token] }
        }
        while true {
            var rank = Int32.max
            for index in 0..<count where symbols[index].merge.rank < rank { rank = symbols[index].merge.rank }
            if rank == .max { return count }
            count = mergeAll(ofRank: rank, symbols, count)
        }
    }

    /// Merges all pairs of one rank from left to right and closes the gaps.
    private func mergeAll(ofRank rank: Int32, _ symbols: UnsafeMutableBufferPointer<Symbol>, _ count: Int) -> Int {
        var read = 0
        var write = 0
        var previousIsNew = false
        while read < count {
            let isNew = symbols[read].merge.rank == rank
            if isNew {
                let result = symbols[read].merge.result
                symbols[write] = symbols[read + 1]
                symbols[write].token = result
            } else {
                symbols[write] = symbols[read]
            }
            if write > 0, isNew || previousIsNew {
                symbols[write - 1].merge = merges[symbols[write - 1].token, symbols[write].token]
            }
            previousIsNew = isNew
            read += isNew ? 2 : 1
            write += 1
        }
        return write
    }
}
