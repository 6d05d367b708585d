import BLIP2
import Foundation
import JSON
import Layers
import PFormer
import Tensors
import TextTokenizers

/// The two kinds of tokens of a text: those of the Q-Former and the P-Former, and the language model's.
struct Tokens {
    /// How many of a text's words an encoder-decoder reads, of those that it may; it is to write the others.
    struct Cuts {
        let counts: @Sendable (String) -> ClosedRange<Int>
        let key: RandomKey

        /// The number of words for a sample, which is the same each time.
        func count(_ text: String, sample: Int) -> Int {
            var draws = RandomSequence(key.child(UInt64(sample)))
            return Int.random(in: counts(text), using: &draws)
        }
    }

    let sentences: WordPieceTokenizer
    let language: any Tokenizer
    /// The most tokens of a text; sentences are padded to it.
    let limit: Int
    /// How texts are cut for an encoder-decoder; nil for a decoder, which writes what it reads.
    let cuts: Cuts?

    /// Sentences, `[batch, limit]`.
    func sentences(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(sentences.batch(texts, layout: BatchLayout(length: .fixed(limit), limit: limit)))
    }

    /// Texts to be written by the language model: for a decoder each ended by a newline, with a prompt that is not
    /// learned. `firstSample` is the number of the first text among all samples of a run.
    func target(_ texts: [String], prompt: String, firstSample: Int) -> TargetText {
        guard let cuts else {
            return TargetText(
                padded(texts.map { $0 + "\n" }),
                promptTokenCount: prompt.isEmpty ? 0 : language.encode(prompt).count)
        }
        let parts = texts.enumerated().map { place, text in
            SplitSentence(text, afterWords: cuts.count(text, sample: firstSample + place))
        }
        return TargetText(reading: padded(parts.map(\.beginning)), writing: padded(parts.map(\.rest)))
    }

    private func padded(_ texts: [String]) -> MaskedTokens {
        MaskedTokens(language.batch(texts, layout: BatchLayout(length: .longest, limit: limit)))
    }
}

extension Tokens.Cuts {
    /// The cuts of a family of language models, if it needs any.
    init?(
        _ family: PFormerConfiguration.Family, seed: Int, _ counts: @escaping @Sendable (String) -> ClosedRange<Int>
    ) {
        guard family == .t5 else { return nil }
        self.init(counts: counts, key: RandomKey(seed: UInt64(seed)).child("cuts"))
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
