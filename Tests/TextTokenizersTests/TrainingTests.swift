import Foundation
import TestSupport
import Testing
import TextTokenizers

/// The trainers against one in Python that counts everything anew at each step.
struct TrainingTests {
    @Test func bytePairVocabularyEqualsTheObviousTrainer() throws {
        let tokenizer = try BytePairTokenizer.trained(on: Fixtures.sentences(), vocabularyCount: 420)
        try expect(tokenizer, saves: ["vocab.json", "merges.txt"])
        #expect(tokenizer.specialTokens == (try Fixtures.bytePair()).specialTokens)
    }

    @Test func wordPieceVocabularyEqualsTheObviousTrainer() throws {
        let tokenizer = try WordPieceTokenizer.trained(
            on: Fixtures.sentences(), vocabularyCount: 260, addingBeginning: "[DEC]")
        try expect(tokenizer, saves: ["vocab.txt"])
        #expect(tokenizer.specialTokens == (try Fixtures.wordPiece()).specialTokens)
    }

    @Test func learnedSentencePiecesSpellTheirSentences() throws {
        let sentences = try Fixtures.sentences()
        let tokenizer = try SentencePieceTokenizer.trained(
            on: sentences, vocabularyCount: 120, sentinelCount: 5, normalization: .identity)
        #expect(60...125 ~= tokenizer.vocabularyCount)
        #expect(["<pad>", "</s>", "<unk>"] == (0..<3).map { tokenizer.token(of: $0) })
        #expect(tokenizer.specialTokens.additional.count == 5)
        for sentence in sentences {
            #expect(tokenizer.decode(tokenizer.encode(sentence), cleaningUp: false) == sentence)
        }
        // Whole words became pieces.
        #expect(tokenizer.encode("red circle", addingSpecialTokens: false).count < 8)
        let again = try SentencePieceTokenizer.trained(
            on: sentences, vocabularyCount: 120, sentinelCount: 5, normalization: .identity)
        for sentence in sentences { #expect(again.encode(sentence) == tokenizer.encode(sentence)) }
        #expect(throws: SentencePieceTrainingError.self) {
            try SentencePieceTokenizer.trained(on: ["", " "], vocabularyCount: 100)
        }
        #expect(throws: SentencePieceTrainingError.self) {
            try SentencePieceTokenizer.trained(on: sentences, vocabularyCount: 4)
        }
    }

    @Test func orderOfSentencesIsOfNoAccount() throws {
        let sentences = try Fixtures.sentences()
        var numbers = SeededNumbers(seed: 1)
        try expect(
            try BytePairTokenizer.trained(on: sentences.shuffled(using: &numbers), vocabularyCount: 420),
            saves: ["vocab.json", "merges.txt"])
        try expect(
            try WordPieceTokenizer.trained(on: sentences.shuffled(using: &numbers), vocabularyCount: 260),
            saves: ["vocab.txt"])
    }

    @Test func vocabularyEndsWhereNothingIsLeftToMerge() throws {
        #expect(try BytePairTokenizer.trained(on: ["aab aab"], vocabularyCount: 1000).vocabularyCount == 262)
        #expect(try BytePairTokenizer.trained(on: [String](), vocabularyCount: 1000).vocabularyCount == 260)
        let wordPiece = try WordPieceTokenizer.trained(on: ["aab aab"], vocabularyCount: 1000)
        #expect(wordPiece.vocabularyCount == 109)
        #expect(wordPiece.token(of: 108) == "aab")
    }

    @Test func tooSmallAVocabularyIsAnError() {
        #expect(throws: TokenizerTrainingError(vocabularyCount: 259, minimum: 260)) {
            try BytePairTokenizer.trained(on: ["a"], vocabularyCount: 259)
        }
        #expect(throws: TokenizerTrainingError(vocabularyCount: 104, minimum: 105)) {
            try WordPieceTokenizer.trained(on: ["a"], vocabularyCount: 104)
        }
    }

    private func expect(_ tokenizer: some Tokenizer, saves names: [String]) throws {
        try Fixtures.withFolder { folder in
            try tokenizer.save(to: folder)
            for name in names {
                #expect(try Data(contentsOf: folder.appendingPathComponent(name)) == Fixtures.bytes(name), "\(name)")
            }
        }
    }
}
