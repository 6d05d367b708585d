import Foundation
import JSON

/// Gathers METEOR's data and writes the file that `METEORData` maps.
///
/// Words are numbered in the order of their bytes. Phrases are nodes of a tree: a phrase's children are those that
/// continue it by one word, numbered level by level and within a parent by word, so that they lie together.
public struct METEORDataWriter {
    private var words = WordIndex()
    private var flags: [Int32: METEORData.Flags] = [:]
    private var synonyms: [Int32: [UInt32]] = [:]
    private var bases: [Int32: [Int32]] = [:]
    private var phrases = PairTable()
    /// For each phrase but the empty one, its last word and the phrase without it.
    private var lastWords: [Int32] = []
    private var parents: [Int32] = []
    /// The two phrases of each paraphrase.
    private var sources: [Int32] = []
    private var targets: [Int32] = []

    /// No data yet.
    public init() {}

    /// Adds one of the frequent words that METEOR counts less.
    public mutating func addFunctionWord(_ word: String) { flags[words.id(of: word), default: []].insert(.function) }

    /// Adds a word that keeps its final dot, always or before numbers.
    public mutating func addAbbreviation(_ word: String, onlyBeforeNumbers: Bool) {
        flags[words.id(of: word), default: []].insert(onlyBeforeNumbers ? .abbreviationBeforeNumber : .abbreviation)
    }

    /// Says which synonym sets hold a word; the last word on it holds.
    public mutating func setSynonymSets(_ word: String, _ sets: [UInt32]) {
        synonyms[words.id(of: word)] = Set(sets).sorted()
    }

    /// Says that an irregular form comes from a word.
    public mutating func addBase(_ base: String, of form: String) {
        let base = words.id(of: base)
        bases[words.id(of: form), default: []].append(base)
    }

    /// Says that a phrase may be put as another; each is a line of words, UTF-8. The order of calls is kept.
    public mutating func addParaphrase(
        of phrase: UnsafeBufferPointer<UInt8>, _ paraphrase: UnsafeBufferPointer<UInt8>
    ) {
        sources.append(self.phrase(phrase))
        targets.append(self.phrase(paraphrase))
    }

    /// Says that a phrase may be put as another, in words parted by blanks.
    public mutating func addParaphrase(of phrase: String, _ paraphrase: String) {
        var (phrase, paraphrase) = (phrase, paraphrase)
        phrase.withUTF8 { phrase in paraphrase.withUTF8 { addParaphrase(of: phrase, $0) } }
    }

    /// The number of paraphrases.
    public var paraphraseCount: Int { sources.count }

    private mutating func phrase(_ line: UnsafeBufferPointer<UInt8>) -> Int32 {
        var node: Int32 = 0
        var place = 0
        while place < line.count {
            let start = place
            while place < line.count, !METEORDataWriter.isBlank(line[place]) { place += 1 }
            if place > start {
                let word = words.id(of: UnsafeBufferPointer(rebasing: line[start..<place]))
                let child = phrases.id(node, word) + 1
                if child > lastWords.count {
                    lastWords.append(word)
                    parents.append(node)
                }
                node = child
            }
            place += 1
        }
        return node
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(byte) }

    /// Writes the file, in the place of an old one only when it is whole.
    ///
    /// - Throws: `FileError`.
    public func write(to url: URL) throws {
        let order = (0..<Int32(words.count)).sorted { words[$0].lexicographicallyPrecedes(words[$1]) }
        var ranks = [UInt32](repeating: 0, count: order.count)
        for (rank, word) in order.enumerated() { ranks[Int(word)] = UInt32(rank) }
        let tree = PhraseTree(lastWords.map { ranks[Int($0)] }, parents)
        let paraphrases = RaggedNumbers(
            count: tree.words.count, keys: sources.map { tree.numbers[Int($0)] },
            values: targets.map { tree.numbers[Int($0)] })
        let file = try FileReplacement(of: url)
        var sections: [METEORSection: [UInt8]] = [:]
        sections[.wordEnds] = bytes(ends(order.map { words[$0].count }))
        sections[.wordBytes] = order.flatMap { words[$0] }
        sections[.flags] = order.map { flags[$0]?.rawValue ?? 0 }
        sections[.synonymEnds] = bytes(ends(order.map { synonyms[$0]?.count ?? 0 }))
        sections[.synonyms] = bytes(order.flatMap { synonyms[$0] ?? [] })
        sections[.baseEnds] = bytes(ends(order.map { bases[$0]?.count ?? 0 }))
        sections[.bases] = bytes(order.flatMap { (bases[$0] ?? []).map { ranks[Int($0)] } })
        sections[.nodeWords] = bytes(tree.words)
        sections[.nodeChildren] = bytes(tree.children)
        sections[.nodeParaphrases] = bytes(paraphrases.starts)
        sections[.paraphrases] = bytes(paraphrases.values)
        try file.append(head(sections))
        for section in METEORSection.allCases {
            try file.append(sections[section] ?? [])
            try file.append([UInt8](repeating: 0, count: padding(sections[section]?.count ?? 0)))
        }
        try file.commit()
    }

    private func head(_ sections: [METEORSection: [UInt8]]) -> [UInt8] {
        var head = Array(METEORSection.magic.utf8)
        var offset = head.count + 16 * METEORSection.allCases.count
        for section in METEORSection.allCases {
            let count = sections[section]?.count ?? 0
            for number in [UInt64(offset), UInt64(count)] { withUnsafeBytes(of: number.littleEndian) { head += $0 } }
            offset += count + padding(count)
        }
        return head
    }

    private func padding(_ count: Int) -> Int { (4 - count % 4) % 4 }

    private func ends(_ counts: [Int]) -> [UInt32] {
        var end = 0
        return counts.map { count in
            end += count
            return UInt32(end)
        }
    }

    private func bytes(_ numbers: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * numbers.count)
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
        return bytes
    }
}

/// Phrases numbered level by level.
private struct PhraseTree {
    /// The last word of each phrase; 0 for the empty one.
    private(set) var words: [UInt32] = [0]
    /// The first child of each phrase, and the end of the last's.
    private(set) var children: [UInt32] = []
    /// The new number of each phrase.
    private(set) var numbers: [UInt32]

    init(_ lastWords: [UInt32], _ parents: [Int32]) {
        numbers = [UInt32](repeating: 0, count: lastWords.count + 1)
        let byParent = RaggedNumbers(
            count: lastWords.count + 1, keys: parents.map { UInt32($0) }, values: lastWords.indices.map { UInt32($0) })
        var queue: [Int] = [0]
        queue.reserveCapacity(numbers.count)
        var place = 0
        while place < queue.count {
            children.append(UInt32(queue.count))
            let own = byParent[queue[place]].sorted { lastWords[Int($0)] < lastWords[Int($1)] }
            for child in own {
                numbers[Int(child) + 1] = UInt32(queue.count)
                words.append(lastWords[Int(child)])
                queue.append(Int(child) + 1)
            }
            place += 1
        }
        children.append(UInt32(queue.count))
    }
}

/// Numbers by key, those of a key in their order.
private struct RaggedNumbers {
    private(set) var starts: [UInt32]
    private(set) var values: [UInt32]

    init(count: Int, keys: [UInt32], values: [UInt32]) {
        starts = [UInt32](repeating: 0, count: count + 1)
        for key in keys { starts[Int(key) + 1] += 1 }
        for key in 0..<count { starts[key + 1] += starts[key] }
        var next = starts
        self.values = [UInt32](repeating: 0, count: values.count)
        for (key, value) in zip(keys, values) {
            self.values[Int(next[Int(key)])] = value
            next[Int(key)] += 1
        }
    }

    subscript(key: Int) -> ArraySlice<UInt32> { values[Int(starts[key])..<Int(starts[key + 1])] }
}
