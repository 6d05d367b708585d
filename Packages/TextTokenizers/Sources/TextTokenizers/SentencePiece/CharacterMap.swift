/// The check of a model's table of character replacements, without which the library must not see it: it follows the
/// table's offsets wherever they point.
///
/// The table is a 32-bit length, a double-array trie of that many bytes (Darts-clone's layout), whose values point into
/// the rest: replacements, each ended by a NUL.
struct CharacterMap {
    /// What is wrong with a table.
    struct Failure: Error {
        var found: String
    }

    /// The library keeps this many matches of one place of a text and reads beyond them when there are more.
    private static let nestingLimit = 32
    /// No published replacement has more than 33 bytes; longer ones would let a short text grow without bound.
    private static let replacementLimit = 1024

    private let units: [Unit]
    private let replacements: UnsafeBufferPointer<UInt8>

    /// One cell of the trie.
    private struct Unit {
        var bits: UInt32

        var isValue: Bool { bits >> 31 != 0 }
        var hasValue: Bool { bits >> 8 & 1 != 0 }
        var label: Int { Int(bits & 0xFF) }
        var offset: Int { Int((bits >> 10) << ((bits & 1 << 9) >> 6)) }
        var value: Int { Int(bits & 0x7FFF_FFFF) }
    }

    /// Throws unless every text can be looked up in the table safely.
    static func check(_ table: UnsafeBufferPointer<UInt8>) throws(Failure) {
        if table.isEmpty { return }
        guard table.count > 4 else { throw Failure(found: "a character map of \(table.count) bytes") }
        let size = (0..<4).reversed().reduce(0) { $0 << 8 | Int(table[$1]) }
        guard size > 0, size % 4 == 0, size < table.count - 4 else {
            throw Failure(found: "a character map of \(table.count) bytes with a trie of \(size)")
        }
        let units = (0..<size / 4).map { index in
            Unit(bits: (0..<4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(table[4 + 4 * index + $1]) })
        }
        let replacements = UnsafeBufferPointer(rebasing: table[(4 + size)...])
        let map = CharacterMap(units: units, replacements: replacements)
        try map.checkReplacements()
        try map.checkTrie()
    }

    private func checkReplacements() throws(Failure) {
        guard replacements.last == 0 else { throw Failure(found: "a character map whose last replacement has no end") }
        guard String(validating: replacements, as: UTF8.self) != nil else {
            throw Failure(found: "a character map with replacements that are not UTF-8")
        }
        var start = 0
        for place in 0..<replacements.count where replacements[place] == 0 {
            if place - start > Self.replacementLimit {
                throw Failure(found: "a character map with a replacement of \(place - start) bytes")
            }
            start = place + 1
        }
    }

    /// Walks everything that can be reached from the root. Different units may share the units below them, so these
    /// are visited once and remember how many values lie on the longest way down.
    private func checkTrie() throws(Failure) {
        let below = children()
        var nesting = [Int](repeating: -1, count: units.count)  // by base: -1 not seen, -2 being visited
        var path: [(base: Int, next: Int)] = []
        func enter(_ unit: Int) throws(Failure) {
            let base = unit ^ units[unit].offset
            guard base | 0xFF < units.count else {
                throw Failure(found: "a character map whose trie points to unit \(base) of \(units.count)")
            }
            if units[unit].hasValue {
                let value = units[base].value
                guard value < replacements.count, replacements[value] & 0xC0 != 0x80 else {
                    throw Failure(found: "a character map that points to byte \(value) of its replacements")
                }
            }
            if nesting[base] == -2 { throw Failure(found: "a character map whose trie runs in a circle") }
            if nesting[base] == -1 {
                nesting[base] = -2
                path.append((base, below.starts[base]))
            }
        }
        try enter(0)
        while let (base, next) = path.last {
            if next < below.starts[base + 1] {
                path[path.count - 1].next += 1
                try enter(below.units[next])
            } else {
                path.removeLast()
                let deepest = below.units[below.starts[base]..<below.starts[base + 1]].map { child in
                    nesting[child ^ units[child].offset] + (units[child].hasValue ? 1 : 0)
                }
                nesting[base] = deepest.max() ?? 0
                if nesting[base] > Self.nestingLimit {
                    throw Failure(found: "a character map in which more than \(Self.nestingLimit) entries begin alike")
                }
            }
        }
    }

    /// The units that lie below each base: those that stand at the base xor their own label.
    private func children() -> (starts: [Int], units: [Int]) {
        func base(of unit: Int) -> Int? {
            let base = unit ^ units[unit].label
            return units[unit].isValue || unit == 0 || base >= units.count ? nil : base
        }
        var starts = [Int](repeating: 0, count: units.count + 1)
        for unit in units.indices { if let base = base(of: unit) { starts[base + 1] += 1 } }
        for index in 1..<starts.count { starts[index] += starts[index - 1] }
        var places = starts
        var sorted = [Int](repeating: 0, count: starts[units.count])
        for unit in units.indices {
            guard let base = base(of: unit) else { continue }
            sorted[places[base]] = unit
            places[base] += 1
        }
        return (starts, sorted)
    }
}
