import Layers
import Tensors

/// Tokens that a language model learns to write, and how many of each row it is given instead.
public struct TargetText: Sendable, Hashable {
    /// The language model's tokens of a whole text, padded on the right.
    public var tokens: MaskedTokens
    /// How many first tokens of each row are a prompt, which is not learned; 0 without one.
    public var promptTokenCount: Int

    /// Text to learn.
    public init(_ tokens: MaskedTokens, promptTokenCount: Int = 0) {
        self.tokens = tokens
        self.promptTokenCount = promptTokenCount
    }

    /// The labels of the tokens, `[batch, tokens]`: -100 for padding and prompt.
    var labels: IndexTensor {
        let width = tokens.tokenCount
        let all = tokens.labels()
        return IndexTensor(
            all.scalars.enumerated().map { $0 % width < promptTokenCount ? -100 : $1 }, shape: all.shape)
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
