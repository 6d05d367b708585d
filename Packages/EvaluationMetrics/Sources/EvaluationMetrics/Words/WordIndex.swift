/// Numbers for words: each distinct byte string gets the next number when it first comes up.
struct WordIndex {
    private var slots: [Int32]
    private var mask: Int
    private var hashes: [UInt64] = []
    private var text: [UInt8] = []
    private var ends: [Int] = [0]

    /// - Parameter reserved: the words with the first numbers.
    init(reserved: [String] = []) {
        slots = [Int32](repeating: -1, count: 1 << 12)
        mask = slots.count - 1
        for word in reserved { _ = id(of: word) }
    }

    /// The number of distinct words.
    var count: Int { hashes.count }

    /// The word with a number, as UTF-8.
    subscript(id: Int32) -> ArraySlice<UInt8> { text[ends[Int(id)]..<ends[Int(id) + 1]] }

    mutating func id(of word: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = WordIndex.hash(word)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] >= 0 {
            let id = slots[slot]
            if hashes[Int(id)] == hash, matches(id, word) { return id }
            slot = (slot + 1) & mask
        }
        let id = Int32(hashes.count)
        hashes.append(hash)
        text.append(contentsOf: word)
        ends.append(text.count)
        slots[slot] = id
        if hashes.count * 2 > slots.count { grow() }
        return id
    }

    mutating func id(of word: String) -> Int32 {
        var word = word
        return word.withUTF8 { id(of: $0) }
    }

    private func matches(_ id: Int32, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = ends[Int(id)]
        guard ends[Int(id) + 1] - start == word.count else { return false }
        for offset in 0..<word.count where text[start + offset] != word[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        mask = slots.count - 1
        for (id, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(id)
        }
    }

    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash ^ hash >> 29
    }
}
