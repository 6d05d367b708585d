/// Token bytes by id, and ids by bytes.
///
/// Keys are bytes, because Swift strings that are canonically equal are one key of a dictionary and two tokens of a
/// vocabulary. The table is open addressing over 16-byte slots; a key of at most eight bytes lies in its slot, so that
/// finding a common word touches one cache line.
final class Lexicon: @unchecked Sendable {
    /// The number of ids, from 0; some may be empty and then cannot be found.
    let count: Int
    /// The length of the longest token in bytes.
    let maximumLength: Int

    private let bytes: UnsafeMutablePointer<UInt8>
    private let ends: UnsafeMutablePointer<UInt32>
    private let slots: UnsafeMutablePointer<Slot>
    private let slotMask: Int

    private struct Slot {
        var key: UInt64
        var id: Int32  // -1 for a free slot
        var length: Int32
    }

    /// The first two ids that had equal bytes, of which only the first can be found; nil in a sound vocabulary.
    let duplicate: (first: Int, second: Int)?

    /// - Parameter tokens: the bytes of each id; an empty token takes its id and cannot be found.
    init(_ tokens: TokenList) {
        count = tokens.count
        maximumLength = tokens.maximumLength
        bytes = .allocate(capacity: max(tokens.bytes.count, 1))
        bytes.initialize(from: tokens.bytes, count: tokens.bytes.count)
        ends = .allocate(capacity: tokens.count + 1)
        ends.initialize(to: 0)
        (ends + 1).initialize(from: tokens.ends, count: tokens.count)
        var capacity = 16
        while capacity < 2 * tokens.count { capacity *= 2 }
        slotMask = capacity - 1
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: Slot(key: 0, id: -1, length: 0), count: capacity)
        var duplicate: (Int, Int)?
        for id in 0..<tokens.count where ends[id + 1] > ends[id] {
            let token = UnsafeBufferPointer(start: bytes + Int(ends[id]), count: Int(ends[id + 1] - ends[id]))
            let slot = Self.slot(of: token, slots, slotMask, bytes, ends)
            if slots[slot].id >= 0 {
                duplicate = duplicate ?? (Int(slots[slot].id), id)
            } else {
                slots[slot] = Slot(key: Self.key(of: token), id: Int32(id), length: Int32(token.count))
            }
        }
        self.duplicate = duplicate
    }

    deinit {
        bytes.deallocate()
        ends.deallocate()
        slots.deallocate()
    }

    /// The bytes of a token whose id is in range.
    subscript(id: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes + Int(ends[id]), count: Int(ends[id + 1] - ends[id]))
    }

    /// The id of the token of these bytes, or -1.
    @inline(__always)
    func id(of token: UnsafeBufferPointer<UInt8>) -> Int32 {
        slots[slot(of: token)].id
    }

    @inline(__always)
    private func slot(of token: UnsafeBufferPointer<UInt8>) -> Int {
        Self.slot(of: token, slots, slotMask, bytes, ends)
    }

    /// The slot that holds these bytes, or the free one where they would stand.
    @inline(__always)
    private static func slot(
        of token: UnsafeBufferPointer<UInt8>, _ slots: UnsafeMutablePointer<Slot>, _ slotMask: Int,
        _ bytes: UnsafeMutablePointer<UInt8>, _ ends: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let key = Self.key(of: token)
        var slot = Int(truncatingIfNeeded: hash(of: token)) & slotMask
        while slots[slot].id >= 0 {
            if slots[slot].key == key, slots[slot].length == token.count,
                token.count <= 8 || isEqual(token, bytes + Int(ends[Int(slots[slot].id)]))
            {
                return slot
            }
            slot = (slot + 1) & slotMask
        }
        return slot
    }

    /// Well-mixed bits of some bytes.
    @inline(__always)
    static func hash(of token: UnsafeBufferPointer<UInt8>) -> UInt64 {
        mixed(key(of: token) ^ UInt64(truncatingIfNeeded: token.count) << 56)
    }

    private static func isEqual(_ token: UnsafeBufferPointer<UInt8>, _ other: UnsafePointer<UInt8>) -> Bool {
        for index in 0..<token.count where token[index] != other[index] { return false }
        return true
    }

    /// The bytes themselves up to a count of eight (with the count they are unique), else a digest.
    @inline(__always)
    private static func key(of token: UnsafeBufferPointer<UInt8>) -> UInt64 {
        guard let start = token.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(start)
        let count = token.count
        if count >= 8 {
            var key = raw.loadUnaligned(as: UInt64.self)
            var offset = 8
            while offset + 8 <= count {
                key = mixed(key) ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                offset += 8
            }
            return offset == count ? key : mixed(key) ^ raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        }
        if count >= 4 {
            let low = UInt64(raw.loadUnaligned(as: UInt32.self))
            return low | UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32
        }
        if count == 0 { return 0 }
        return UInt64(token[0]) | UInt64(token[count / 2]) << 8 | UInt64(token[count - 1]) << 16
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}

/// The tokens of a vocabulary file in the order of their ids, in one run of bytes.
struct TokenList: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [UInt32] = []
    private(set) var maximumLength = 0

    var count: Int { ends.count }

    mutating func append(_ token: some Collection<UInt8>) {
        bytes.append(contentsOf: token)
        maximumLength = max(maximumLength, token.count)
        ends.append(UInt32(bytes.count))
    }

    subscript(id: Int) -> ArraySlice<UInt8> {
        bytes[(id == 0 ? 0 : Int(ends[id - 1]))..<Int(ends[id])]
    }

    /// The list of what `transform` makes of each token: it writes at most as many bytes as the token has, and returns
    /// their number.
    func map(
        _ transform: (UnsafeBufferPointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Int
    ) -> TokenList {
        var list = TokenList()
        list.ends.reserveCapacity(count)
        list.bytes = [UInt8](unsafeUninitializedCapacity: bytes.count + 1) { out, written in
            guard let start = out.baseAddress else { return }
            bytes.withUnsafeBufferPointer { bytes in
                var first = 0
                for end in ends {
                    let token = UnsafeBufferPointer(rebasing: bytes[first..<Int(end)])
                    let count = transform(token, start + written)
                    written += count
                    list.maximumLength = max(list.maximumLength, count)
                    list.ends.append(UInt32(written))
                    first = Int(end)
                }
            }
        }
        return list
    }
}
