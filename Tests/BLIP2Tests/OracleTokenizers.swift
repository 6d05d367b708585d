import BLIP2
import Foundation
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers

/// The tokenizers of the tiny models, and the forms in which the original code calls them.
struct OracleTokenizers {
    let bert: WordPieceTokenizer
    let opt: BytePairTokenizer
    let t5: SentencePieceTokenizer
    /// The row length of the Q-Former's and the P-Former's texts, and the most tokens of any text.
    let limit: Int

    init(_ oracle: OracleCase) throws {
        let common = try OracleFolder().file("common")
        bert = try WordPieceTokenizer(
            vocabularyFile: common.appendingPathComponent("bert-vocab-small.txt"), addingBeginning: "[DEC]")
        opt = try BytePairTokenizer(
            vocabularyFile: common.appendingPathComponent("opt-vocab-small.json"),
            mergesFile: common.appendingPathComponent("opt-merges-small.txt"))
        t5 = try SentencePieceTokenizer(modelFile: common.appendingPathComponent("t5-small.model"))
        limit = try oracle.argument("max_txt_len")?.int ?? 32
    }

    func sentences(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(bert.batch(texts, layout: BatchLayout(length: .fixed(limit), limit: limit)))
    }

    /// Sentences as long as the longest, for matching.
    func unpaddedSentences(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(bert.batch(texts, layout: BatchLayout(limit: limit)))
    }

    /// Texts for OPT, which begin with a prompt of some tokens.
    func target(_ texts: [String], promptTokenCount: Int) -> TargetText {
        TargetText(
            MaskedTokens(opt.batch(texts.map { $0 + "\n" }, layout: BatchLayout(limit: limit))),
            promptTokenCount: promptTokenCount)
    }

    /// Split texts for T5.
    func target(_ splits: [SplitSentence]) -> TargetText {
        TargetText(reading: t5Batch(splits.map(\.beginning)), writing: t5Batch(splits.map(\.rest)))
    }

    private func t5Batch(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(t5.batch(texts, layout: BatchLayout(limit: limit)))
    }
}

extension String {
    /// `str.strip()` of Python, which counts the separators of ASCII as white space.
    var strippedAsInPython: String {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        let tail = unicodeScalars.drop(while: isBlank)
        return String(String.UnicodeScalarView(tail.reversed().drop(while: isBlank).reversed()))
    }
}
