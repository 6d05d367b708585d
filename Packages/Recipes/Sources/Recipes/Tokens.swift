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
