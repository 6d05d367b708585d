import Layers
import Tensors

/// What a language model reads, and what it learns to write.
public struct TargetText: Sendable, Hashable {
    /// What it reads after the vectors in front, `[batch, tokens]`, padded on the right.
    public let tokens: MaskedTokens
    /// What it is to write, -100 where nothing is learned: a decoder's token at each place of `tokens`, an
    /// encoder-decoder's text, `[batch, labels]`.
    public let labels: IndexTensor

    /// How many tokens are to be written.
    public var labelCount: Int { labels.scalars.count { $0 != -100 } }

    /// A text for a decoder, which writes what it reads.
    ///
    /// - Parameters:
    ///   - tokens: the whole text, padded on the right
    ///   - promptTokenCount: how many first tokens of each row are a prompt, which is not learned; 0 without one
    public init(_ tokens: MaskedTokens, promptTokenCount: Int = 0) {
        let width = tokens.tokenCount
        let all = tokens.labels()
        self.tokens = tokens
        labels = IndexTensor(
            all.scalars.enumerated().map { $0 % width < promptTokenCount ? -100 : $1 }, shape: all.shape)
    }

    /// A text for an encoder-decoder, which reads its beginning and writes the rest; both are padded on the right.
    public init(reading beginning: MaskedTokens, writing rest: MaskedTokens) {
        tokens = beginning
        labels = rest.labels()
    }
}

/// Sentences for prompt pretraining.
public struct SentenceBatch: Sendable, Hashable {
    /// The sentences in the P-Former's tokens.
    public var sentences: MaskedTokens
    /// The same sentences in the language model's tokens.
    public var target: TargetText

    /// Sentences in both kinds of tokens, row by row.
    public init(sentences: MaskedTokens, target: TargetText) {
        self.sentences = sentences
        self.target = target
    }
}

/// Images with a text each, for stage 1.
public struct PairBatch: Sendable {
    /// Normalised pixels, `[batch, 3, size, size]`
    public var pixels: Tensor
    /// The texts in the Q-Former's tokens.
    public var sentences: MaskedTokens

    /// Images and texts, row by row.
    public init(pixels: Tensor, sentences: MaskedTokens) {
        self.pixels = pixels
        self.sentences = sentences
    }
}

/// Images with captions to write, for stage 2 and fine-tuning.
public struct CaptionBatch: Sendable {
    /// Normalised pixels, `[batch, 3, size, size]`
    public var pixels: Tensor
    /// The captions in the language model's tokens.
    public var target: TargetText

    /// Images and captions, row by row.
    public init(pixels: Tensor, target: TargetText) {
        self.pixels = pixels
        self.target = target
    }
}

/// Images with captions to write, and the captions as the P-Former reads them.
public struct AlignedCaptionBatch: Sendable {
    /// The images and captions.
    public var captions: CaptionBatch
    /// The captions in the P-Former's tokens.
    public var sentences: MaskedTokens

    /// Images and captions in both kinds of tokens, row by row.
    public init(captions: CaptionBatch, sentences: MaskedTokens) {
        self.captions = captions
        self.sentences = sentences
    }
}
