import Foundation
import JSON

/// METEOR's word lists, synonyms and paraphrases in one file, mapped into memory.
///
/// The data belong to METEOR and come with it; `METEORDataWriter` makes this file from them once.
public final class METEORData: Sendable {
    private let file: MappedFile
    private let sections: [METEORSection: UnsafeRange]

    /// Opens a file that `METEORDataWriter` wrote.
    ///
    /// - Throws: `FileError` if it is none, of another version or truncated.
    public init(contentsOf url: URL) throws {
        file = try MappedFile(url)
        let start = METEORSection.magic.utf8.count
        let head = start + 16 * METEORSection.allCases.count
        guard file.bytes.count >= head, file.bytes.starts(with: METEORSection.magic.utf8) else {
            let found = ForeignFormat(file.bytes.prefix(64)).map { "; it is \($0.description)" } ?? ""
            throw FileError(
                file: url.path, problem: "wanted METEOR data as `evaluate meteor-data` writes them\(found)")
        }
        var sections: [METEORSection: UnsafeRange] = [:]
        for (number, section) in METEORSection.allCases.enumerated() {
            let place = start + 16 * number
            let offset = file.bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
            let count = file.bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self).littleEndian
            let size = UInt64(file.bytes.count)
            guard offset % 4 == 0, offset <= size, count <= size - offset else {
                throw FileError(file: url.path, problem: "is truncated; convert METEOR's data again")
            }
            sections[section] = UnsafeRange(file.bytes, Int(offset), Int(count))
        }
        self.sections = sections
        nodeWords = sections[.nodeWords] ?? .empty
        nodeChildren = sections[.nodeChildren] ?? .empty
        nodeParaphrases = sections[.nodeParaphrases] ?? .empty
        paraphrases = sections[.paraphrases] ?? .empty
        wordEnds = sections[.wordEnds] ?? .empty
        wordBytes = sections[.wordBytes] ?? .empty
    }

    // The hot ones.
    private let nodeWords: UnsafeRange
    private let nodeChildren: UnsafeRange
    private let nodeParaphrases: UnsafeRange
    private let paraphrases: UnsafeRange
    private let wordEnds: UnsafeRange
    private let wordBytes: UnsafeRange

    /// What the word lists say of a word.
    struct Flags: OptionSet, Sendable {
        var rawValue: UInt8
        /// One of the frequent words that METEOR counts less.
        static let function = Flags(rawValue: 1)
        /// Keeps its final dot.
        static let abbreviation = Flags(rawValue: 2)
        /// Keeps its final dot before a number.
        static let abbreviationBeforeNumber = Flags(rawValue: 4)
    }

    /// The number of a word, if METEOR's data know it.
    func number(_ word: String) -> Int? {
        var word = word
        return word.withUTF8 { bytes in
            var range = 0..<wordEnds.count
            while !range.isEmpty {
                let middle = (range.lowerBound + range.upperBound) / 2
                switch order(middle, UnsafeRawBufferPointer(bytes)) {
                case 0: return middle
                case ..<0: range = middle + 1..<range.upperBound
                default: range = range.lowerBound..<middle
                }
            }
            return nil
        }
    }

    func flags(_ word: String) -> Flags { number(word).map(flags) ?? [] }

    func flags(_ word: Int) -> Flags { Flags(rawValue: sections[.flags]?.byte(word) ?? 0) }

    /// The numbers of the synonym sets that hold a word.
    func synonymSets(_ word: Int) -> [UInt32] { list(word, .synonymEnds, .synonyms) }

    /// The words that an irregular form comes from.
    func bases(_ word: Int) -> [UInt32] { list(word, .baseEnds, .bases) }

    /// Whether a word has synonym sets.
    func hasSynonyms(_ word: String) -> Bool { number(word).map { !synonymSets($0).isEmpty } ?? false }

    /// The phrase that continues the phrase `node` by a word; 0 is the empty phrase.
    func phrase(_ node: Int, _ word: Int) -> Int? {
        var range = Int(nodeChildren[node])..<max(Int(nodeChildren[node]), Int(nodeChildren[node + 1]))
        let wanted = UInt32(truncatingIfNeeded: word)
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            let found = nodeWords[middle]
            if found == wanted { return middle }
            range = found < wanted ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Hands out the paraphrases of a phrase in METEOR's order, as phrases.
    func forEachParaphrase(_ node: Int, _ body: (UInt32) -> Void) {
        let start = Int(nodeParaphrases[node])
        let end = min(Int(nodeParaphrases[node + 1]), paraphrases.count)
        for place in stride(from: start, to: end, by: 1) { body(paraphrases[place]) }
    }

    private func list(_ word: Int, _ ends: METEORSection, _ values: METEORSection) -> [UInt32] {
        guard let ends = sections[ends], let values = sections[values] else { return [] }
        let start = word == 0 ? 0 : Int(ends[word - 1])
        return stride(from: start, to: min(Int(ends[word]), values.count), by: 1).map { values[$0] }
    }

    /// How a word of the file compares with another.
    private func order(_ word: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        let start = word == 0 ? 0 : Int(wordEnds[word - 1])
        let end = min(Int(wordEnds[word]), wordBytes.byteCount)
        guard start <= end else { return -1 }
        for (place, byte) in bytes.enumerated() {
            guard start + place < end else { return -1 }
            let difference = Int(wordBytes.byte(start + place)) - Int(byte)
            if difference != 0 { return difference }
        }
        return end - start - bytes.count
    }
}

/// The parts of a file of METEOR data, in their order. Each is an array of 32-bit numbers, or of bytes.
enum METEORSection: Int, CaseIterable {
    case wordEnds, wordBytes, flags, synonymEnds, synonyms, baseEnds, bases
    case nodeWords, nodeChildren, nodeParaphrases, paraphrases

    /// What the file begins with; a place and a size of each section follow, 64 bits each.
    static let magic = "METEOR 1.5 data, version 1 \n"
}

/// Little-endian numbers in mapped memory. What lies beyond is 0: a damaged file gives wrong scores and no trap.
struct UnsafeRange: @unchecked Sendable {
    private let start: UnsafeRawPointer?
    let byteCount: Int

    static let empty = UnsafeRange(UnsafeRawBufferPointer(start: nil, count: 0), 0, 0)

    init(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) {
        start = bytes.baseAddress.map { $0 + offset }
        byteCount = count
    }

    /// The number of 32-bit numbers.
    var count: Int { byteCount / 4 }

    subscript(place: Int) -> UInt32 {
        guard let start, place >= 0, place < count else { return 0 }
        return start.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self).littleEndian
    }

    func byte(_ place: Int) -> UInt8 {
        guard let start, place >= 0, place < byteCount else { return 0 }
        return start.load(fromByteOffset: place, as: UInt8.self)
    }
}
