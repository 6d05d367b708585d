/// Which pairs of neighbouring tokens merge, how early, and into what.
final class MergeTable: @unchecked Sendable {
    private let slots: UnsafeMutablePointer<Slot>
    private let slotMask: Int

    struct Merge {
        var rank: Int32
        var result: Int32

        static let none = Merge(rank: .max, result: -1)
    }

    private struct Slot {
        var pair: UInt64
        var merge: Merge
    }

    /// - Parameter count: how many merges will be inserted at most.
    init(count: Int) {
        var capacity = 16
        while capacity < 2 * count { capacity *= 2 }
        slotMask = capacity - 1
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(pair: 0, merge: .none), count: capacity)
    }

    deinit { slots.deallocate() }

    /// Adds a merge; only before the table is shared.
    ///
    /// - Returns: the merge that the pair already had, and then keeps.
    func insert(_ left: Int32, _ right: Int32, _ merge: Merge) -> Merge? {
        let pair = Self.pair(left, right)
        let slot = slot(of: pair)
        if slots[slot].merge.rank != .max { return slots[slot].merge }
        slots[slot] = Slot(pair: pair, merge: merge)
        return nil
    }

    /// The merge of two neighbours, `none` when they do not merge.
    @inline(__always)
    subscript(left: Int32, right: Int32) -> Merge {
        slots[slot(of: Self.pair(left, right))].merge
    }

    @inline(__always)
    private static func pair(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func slot(of pair: UInt64) -> Int {
        let product = pair.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        var slot = Int(truncatingIfNeeded: product.high ^ product.low) & slotMask
        while slots[slot].merge.rank != .max, slots[slot].pair != pair { slot = (slot + 1) & slotMask }
        return slot
    }
}
