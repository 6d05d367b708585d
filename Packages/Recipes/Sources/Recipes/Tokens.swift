import BLIP2
import Foundation
import JSON
import Layers
import Tensors
import TextTokenizers

/// The two kinds of tokens of a text: those of the Q-Former and the P-Former, and the language model's.
struct Tokens {
    let sentences: WordPieceTokenizer
    let language: BytePairTokenizer
    /// The most tokens of a text; sentences are padded to it.
    let limit: Int

    /// Sentences, `[batch, limit]`.
    func sentences(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(sentences.batch(texts, layout: BatchLayout(length: .fixed(limit), limit: limit)))
    }

    /// Texts to be written by the language model, each ended by a newline, with a prompt that is not learned.
    func target(_ texts: [String], prompt: String) -> TargetText {
        let tokens = MaskedTokens(
            language.batch(texts.map { $0 + "\n" }, layout: BatchLayout(length: .longest, limit: limit)))
        return TargetText(tokens, promptTokenCount: prompt.isEmpty ? 0 : language.encode(prompt).count)
    }
}

extension WordPieceTokenizer {
    /// The ids that the losses speak of. Throws an error that names the folder and the token that is missing.
    func sentenceTokenIDs(of directory: String) throws -> SentenceTokenIDs {
        func required(_ token: String) throws -> Int32 {
            guard let id = id(of: token) else {
                throw FileError(file: directory, problem: "the vocabulary lacks \(token)")
            }
            return id
        }
        return SentenceTokenIDs(
            padding: try required("[PAD]"), classification: try required("[CLS]"), separator: try required("[SEP]"),
            mask: try required("[MASK]"),
            // Stage 0 has no [DEC]; the other stages add it behind the vocabulary, as BLIP-2 does.
            decoding: id(of: "[DEC]") ?? Int32(vocabularyCount))
    }
}

extension BytePairTokenizer {
    /// The ids that captioners speak of. Throws an error that names the folder if the newline is not one token.
    func languageTokens(of directory: String) throws -> LanguageTokens {
        let newline = encode("\n", addingSpecialTokens: false)
        guard newline.count == 1, let beginning = specialTokens.beginning, let padding = specialTokens.padding else {
            throw FileError(file: directory, problem: "the vocabulary lacks <pad>, </s> or a token for the newline")
        }
        return LanguageTokens(beginning: beginning, end: newline[0], padding: padding)
    }
}

extension Module {
    /// The values of the weights whose names fit.
    func weights(where fits: (String) -> Bool) -> [(name: String, tensor: Tensor)] {
        namedParameters.filter { fits($0.name) }.map { ($0.name, $0.parameter.value.detached()) }
    }
}

extension MaskedTokens {
    /// A tokenizer's rectangle as tensors.
    init(_ batch: TokenBatch) {
        let shape: Shape = [batch.rowCount, batch.columnCount]
        self.init(ids: IndexTensor(batch.ids, shape: shape), mask: IndexTensor(batch.mask, shape: shape))
    }
}
