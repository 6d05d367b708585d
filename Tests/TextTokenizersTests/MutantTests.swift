import Foundation
import Testing
import TextTokenizers

/// Small files of each format with seeded damage, opened and used in a child process of limited memory: each is read
/// or refused with an error that names the file, and nothing traps.
///
/// A format gets 15 seconds, or as many files as the environment variable BLIP_SOAK says.
@Suite(.serialized) struct MutantTests {
    @Test func damagedWordPieceFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: ["vocab.txt"]).run { folder in
                try WordPieceTokenizer(vocabularyFile: folder.appendingPathComponent("vocab.txt"))
            }
        }
    }

    @Test func damagedBytePairFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: ["vocab.json", "merges.txt"]).run { folder in
                try BytePairTokenizer(directory: folder)
            }
        }
    }

    @Test func damagedSentencePieceFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: ["spiece.model"]).run { folder in
                try SentencePieceTokenizer(
                    modelFile: folder.appendingPathComponent("spiece.model"), conventions: .library)
            }
        }
    }

    @Test(arguments: 0..<3) func damagedTokenizerJSONIsReadOrRefused(index: Int) async {
        await #expect(processExitsWith: .success) { [index] in
            let name = ["word_piece.json", "byte_pair.json", "sentence_piece.json"][index]
            try Mutants(of: [name], as: ["tokenizer.json"], seconds: 5).run { try TextTokenizers.load($0) }
        }
    }
}

/// Damages the files of a format again and again.
final class Mutants {
    private let originals: [(name: String, bytes: [UInt8])]
    private let seconds: Double
    private var numbers: SeededNumbers

    init(of fixtures: [String], as names: [String]? = nil, seconds: Double = 15) throws {
        originals = try zip(names ?? fixtures, fixtures).map { (name: $0, bytes: Array(try Fixtures.bytes($1))) }
        self.seconds = seconds
        let seed = ProcessInfo.processInfo.environment["BLIP_SEED"].flatMap { UInt64($0) }
        numbers = SeededNumbers(seed: seed ?? 11)
    }

    /// Opens mutant after mutant until the time or the count is reached, and uses those that open.
    func run(open: (URL) throws -> any Tokenizer) throws {
        var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let wanted = ProcessInfo.processInfo.environment["BLIP_SOAK"].flatMap { Int($0) }
        let began = ContinuousClock.now
        var opened = 0
        var count = 0
        try Fixtures.withFolder { folder in
            while wanted.map({ count < $0 }) ?? (ContinuousClock.now - began < .seconds(seconds)) {
                for (name, bytes) in originals {
                    try Data(mutant(of: bytes)).write(to: folder.appendingPathComponent(name))
                }
                count += 1
                do {
                    let tokenizer = try open(folder)
                    opened += 1
                    use(tokenizer)
                } catch {
                    precondition("\(error)".contains(folder.path), "an error without the file: \(error)")
                }
            }
        }
        print("\(originals.map(\.name).joined(separator: ", ")): \(count) mutants, \(opened) opened")
        precondition(opened > 0 && opened < count, "\(opened) of \(count) mutants opened")
    }

    private func use(_ tokenizer: any Tokenizer) {
        let text = "A small réd\u{301} circle, [DEC]</s> isn't <extra_id_0> 中文 \u{FB01}\t\u{3000}\u{FF21} 1\u{BD}\u{85}"
        let ids = tokenizer.encode(text)
        let offsets = tokenizer.encodeWithOffsets(text)
        precondition(offsets.ids == ids, "other ids with offsets")
        precondition(offsets.ranges.allSatisfy { 0...text.utf8.count ~= $0.upperBound }, "ranges beyond the text")
        precondition(ids.allSatisfy { tokenizer.token(of: $0) != nil }, "ids without a token")
        _ = tokenizer.decode(ids, skippingSpecialTokens: false)
        _ = tokenizer.decode(0..<Int32(min(tokenizer.vocabularyCount, 300)))
    }

    private func mutant(of original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...3, using: &numbers) {
            if !bytes.isEmpty { damage(&bytes) }
        }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8]) {
        let place = Int.random(in: bytes.indices, using: &numbers)
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &numbers), bytes.count))
        case 3: bytes.insert(contentsOf: bytes[..<place].suffix(Int.random(in: 1...40, using: &numbers)), at: place)
        case 4: bytes.removeSubrange(place...)
        case 5:
            // Numbers in units of the double array and in messages are little-endian.
            let value = UInt32.random(in: 0...UInt32.max, using: &numbers) >> UInt32.random(in: 0..<32, using: &numbers)
            for (offset, shift) in stride(from: UInt32(0), to: 32, by: 8).enumerated()
            where place + offset < bytes.count {
                bytes[place + offset] = UInt8(truncatingIfNeeded: value >> shift)
            }
        case 6: bytes.insert(contentsOf: Array("\r\n".utf8), at: place)
        default:
            let digits = bytes.indices.filter { (0x30...0x39).contains(bytes[$0]) }
            guard let digit = digits.randomElement(using: &numbers) else { return }
            let large = ["9223372036854775807", "4294967296", "-1", "0", "18446744073709551616", "1e9", "0.5"]
            bytes.replaceSubrange(digit...digit, with: Array((large.randomElement(using: &numbers) ?? "").utf8))
        }
    }
}
