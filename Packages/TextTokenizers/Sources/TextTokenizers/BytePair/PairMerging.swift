/// Byte-pair encoding of one word, as the published `bpe` function does it: of all neighbours find the pair that
/// merges earliest, merge each of its occurrences from left to right, and begin again.
final class PairMerging: @unchecked Sendable {
    private let merges: MergeTable
    /// The token of each single byte, or -1, which merges with nothing.
    private let byteTokens: UnsafeMutablePointer<Int32>
    /// The merge of each pair of bytes, by 256 times the first plus the second: the first look at a word needs these
    /// alone, and those of common letters stay in the nearest cache.
    private let byteMerges: UnsafeMutablePointer<MergeTable.Merge>

    /// Above this many bytes a heap finds the next pair; below, looking at all of them is quicker.
    private static let heapThreshold = 96

    init(merges: MergeTable, pairs: [(left: Int32, right: Int32)], lexicon: Lexicon) {
        self.merges = merges
        byteTokens = .allocate(capacity: 256)
        for byte in 0..<256 {
            let id = withUnsafeBytes(of: UInt8(byte)) { lexicon.id(of: $0.assumingMemoryBound(to: UInt8.self)) }
            (byteTokens + byte).initialize(to: id)
        }
        byteMerges = .allocate(capacity: 256 * 256)
        byteMerges.initialize(repeating: .none, count: 256 * 256)
        for (left, right) in pairs {
            let (first, second) = (lexicon[Int(left)], lexicon[Int(right)])
            if first.count == 1, second.count == 1 {
                byteMerges[Int(first[0]) << 8 | Int(second[0])] = merges[left, right]
            }
        }
    }

    deinit {
        byteTokens.deallocate()
        byteMerges.deallocate()
    }

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
            if index > 0 { symbols[index - 1].merge = byteMerges[Int(word[index - 1]) << 8 | Int(word[index])] }
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
