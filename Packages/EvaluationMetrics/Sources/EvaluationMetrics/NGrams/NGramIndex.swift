/// Numbers for the n-grams of one to four words, one series for each length.
///
/// An n-gram is told by the number of its first n - 1 words and its last word, so that numbering a caption takes one
/// look-up for each n-gram, whatever its length.
struct NGramIndex: Sendable {
    /// The greatest length.
    static let orders = 4

    private var tables: [PairTable] = Array(repeating: PairTable(), count: NGramIndex.orders - 1)
    private var wordCount = 0

    /// The number of distinct n-grams of `order` words.
    func count(order: Int) -> Int { order == 1 ? wordCount : tables[order - 2].count }

    /// The n-grams of a caption, by order and place: `ids[n - 1][i]` stands for the words i ..< i + n.
    mutating func number(_ words: ArraySlice<Int32>, _ ids: inout [[Int32]]) {
        for order in 0..<NGramIndex.orders { ids[order].removeAll(keepingCapacity: true) }
        for word in words {
            ids[0].append(word)
            wordCount = max(wordCount, Int(word) + 1)
        }
        for order in 1..<NGramIndex.orders where words.count > order {
            for place in 0..<words.count - order {
                let last = words[words.startIndex + place + order]
                ids[order].append(tables[order - 1].id(ids[order - 1][place], last))
            }
        }
    }
}

/// Numbers for pairs of numbers.
private struct PairTable: Sendable {
    private var keys = [UInt64](repeating: .max, count: 1 << 12)
    private var ids = [Int32](repeating: 0, count: 1 << 12)
    private(set) var count = 0

    mutating func id(_ first: Int32, _ second: Int32) -> Int32 {
        let key = UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
        var slot = slot(key)
        while keys[slot] != key {
            if keys[slot] == .max { return insert(key, slot) }
            slot = (slot + 1) & (keys.count - 1)
        }
        return ids[slot]
    }

    private mutating func insert(_ key: UInt64, _ slot: Int) -> Int32 {
        let id = Int32(count)
        keys[slot] = key
        ids[slot] = id
        count += 1
        if count * 2 > keys.count { grow() }
        return id
    }

    private func slot(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 31) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 20) & (keys.count - 1)
    }

    private mutating func grow() {
        let old = zip(keys, ids).filter { $0.0 != .max }
        let size = keys.count * 2
        keys = [UInt64](repeating: .max, count: size)
        ids = [Int32](repeating: 0, count: size)
        for (key, id) in old {
            var slot = slot(key)
            while keys[slot] != .max { slot = (slot + 1) & (size - 1) }
            keys[slot] = key
            ids[slot] = id
        }
    }
}
