/// Numbers for pairs of numbers: each distinct pair gets the next number when it first comes up.
struct PairTable: Sendable {
    private var keys = [UInt64](repeating: .max, count: 1 << 12)
    private var ids = [Int32](repeating: 0, count: 1 << 12)
    private(set) var count = 0

    /// The pairs in the order of their numbers.
    var pairs: [(Int32, Int32)] {
        var pairs = [(Int32, Int32)](repeating: (0, 0), count: count)
        for (key, id) in zip(keys, ids) where key != .max {
            pairs[Int(id)] = (
                Int32(truncatingIfNeeded: key >> 32), Int32(bitPattern: UInt32(truncatingIfNeeded: key))
            )
        }
        return pairs
    }

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
