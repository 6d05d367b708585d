import Tensors

/// How text is generated. Names and defaults are the reference's `generate` for captions.
public struct GenerationOptions: Sendable, Hashable {
    /// Beams kept for each sample; 1 takes the likeliest token at each step.
    public var beamCount: Int
    /// The most new tokens.
    public var maximumNewTokens: Int
    /// The length below which a text does not end. Quirk: the prompt counts, the vectors in front do not.
    public var minimumLength: Int
    /// The power of its length that a text's score is divided by.
    public var lengthPenalty: Float
    /// What scores of tokens that occurred are divided (or, below zero, multiplied) by.
    public var repetitionPenalty: Float
    /// Texts returned for each sample; at most the beams.
    public var returnCount: Int
    /// The token that ends a text.
    public var end: Int32
    /// The token that fills rows that have ended.
    public var padding: Int32

    /// Options with the reference's defaults.
    public init(
        beamCount: Int = 5, maximumNewTokens: Int = 30, minimumLength: Int = 1, lengthPenalty: Float = 1,
        repetitionPenalty: Float = 1, returnCount: Int = 1, end: Int32, padding: Int32
    ) {
        self.beamCount = beamCount
        self.maximumNewTokens = maximumNewTokens
        self.minimumLength = minimumLength
        self.lengthPenalty = lengthPenalty
        self.repetitionPenalty = repetitionPenalty
        self.returnCount = returnCount
        self.end = end
        self.padding = padding
    }
}

/// Nucleus sampling. Quirk: the reference's library keeps only the 50 likeliest tokens as well.
public struct SamplingOptions: Sendable, Hashable {
    /// The share of probability that the nucleus holds.
    public var nucleus: Float
    /// What logits are divided by.
    public var temperature: Float
    /// How many of the likeliest tokens are kept at most.
    public var candidateLimit: Int

    /// Options with the reference's defaults.
    public init(nucleus: Float = 0.9, temperature: Float = 1, candidateLimit: Int = 50) {
        self.nucleus = nucleus
        self.temperature = temperature
        self.candidateLimit = candidateLimit
    }
}

/// A text that was generated.
public struct GeneratedText: Sendable, Hashable {
    /// The prompt with its padding, the new tokens, and the end token if the text ended.
    public var ids: [Int32]
    /// The beam's score; nil without beams.
    public var score: Float?
}
