import Foundation
import TestSupport
import Testing
import TextTokenizers

/// Small files of each format with seeded damage, opened and used in a child process of limited memory: each is read
/// or refused with an error that names the file, and nothing traps.
///
/// A format gets 15 seconds, or as many files as the environment variable BLIP_SOAK says.
@Suite(.serialized) struct MutantTests {
    @Test func damagedWordPieceFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try openMutants(of: ["vocab.txt"]) { folder in
                try WordPieceTokenizer(vocabularyFile: folder.appendingPathComponent("vocab.txt"))
            }
        }
    }

    @Test func damagedBytePairFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try openMutants(of: ["vocab.json", "merges.txt"]) { folder in
                try BytePairTokenizer(directory: folder)
            }
        }
    }

    @Test func damagedSentencePieceFilesAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try openMutants(of: ["spiece.model"]) { folder in
                try SentencePieceTokenizer(
                    modelFile: folder.appendingPathComponent("spiece.model"), conventions: .library)
            }
        }
    }

    @Test(arguments: 0..<3) func damagedTokenizerJSONIsReadOrRefused(index: Int) async {
        await #expect(processExitsWith: .success) { [index] in
            let name = ["word_piece.json", "byte_pair.json", "sentence_piece.json"][index]
            try openMutants(of: [name], as: ["tokenizer.json"], seconds: 5) { try TextTokenizers.load($0) }
        }
    }
}

/// Opens damaged copies of a format's files and uses what opens.
private func openMutants(
    of fixtures: [String], as names: [String]? = nil, seconds: Double = 15, open: (URL) throws -> any Tokenizer
) throws {
    let originals = try zip(names ?? fixtures, fixtures).map { (name: $0, bytes: Array(try Fixtures.bytes($1))) }
    // The library maps its units at once, hence the larger address space.
    let mutants = Mutants(fixtures.joined(separator: ", "), seconds: seconds, gibibytes: 4)
    let folder = try TemporaryFolder()
    try mutants.run { _ in
        for (name, bytes) in originals { try folder.write(mutants.mutant(of: bytes), name) }
        guard let tokenizer = opened(folder.url, open) else { return false }
        use(tokenizer)
        return true
    }
}

private func opened(_ folder: URL, _ open: (URL) throws -> any Tokenizer) -> (any Tokenizer)? {
    do {
        return try open(folder)
    } catch {
        precondition("\(error)".contains(folder.path), "an error without the file: \(error)")
        return nil
    }
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
