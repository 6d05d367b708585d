import Tensors

/// Whose way of counting lengths and of handling beams is followed.
public enum GenerationConvention: Sendable, Hashable {
    /// LAVIS's, with transformers 4.26: the prompt counts as part of a text, the vectors in front do not.
    case lavis
    /// Hugging Face's, with transformers 5: the prompt and, before it, an id for each vector in front count as part of
    /// the text for the least length and for repetitions, but scores are divided by the new tokens alone.
    case huggingFace(imageToken: Int32)
}

/// How text is generated. Names and defaults are the reference's `generate` for captions.
public struct GenerationOptions: Sendable, Hashable {
    /// Beams kept for each sample; 1 takes the likeliest token at each step.
    public var beamCount: Int
    /// The most new tokens.
    public var maximumNewTokens: Int
    /// The length below which a text does not end; what counts is up to the convention.
    public var minimumLength: Int
    /// The number of new tokens below which a text does not end.
    public var minimumNewTokens: Int
    /// The power of its length that a text's score is divided by.
    public var lengthPenalty: Float
    /// What scores of tokens that occurred are divided (or, below zero, multiplied) by.
    public var repetitionPenalty: Float
    /// Runs of this many tokens do not occur twice in a text; 0 lets them.
    public var unrepeatedRunLength: Int
    /// Whether a beam search ends as soon as as many texts as beams are finished, even if others could become better.
    public var stopsEarly: Bool
    /// Texts returned for each sample; at most the beams.
    public var returnCount: Int
    /// The token that ends a text.
    public var end: Int32
    /// The token that fills rows that have ended.
    public var padding: Int32
    /// How lengths are counted and beams handled.
    public var convention: GenerationConvention
    /// Whether a prompt's padding counts as part of a text. Quirk: in the reference it does, so that a text depends on how
    /// long the others of its batch are.
    public var countsPadding: Bool

    /// Options with the reference's defaults.
    public init(
        beamCount: Int = 5, maximumNewTokens: Int = 30, minimumLength: Int = 1, minimumNewTokens: Int = 0,
        lengthPenalty: Float = 1, repetitionPenalty: Float = 1, unrepeatedRunLength: Int = 0, stopsEarly: Bool = false,
        returnCount: Int = 1, end: Int32, padding: Int32, convention: GenerationConvention = .lavis,
        countsPadding: Bool = true
    ) {
        self.beamCount = beamCount
        self.maximumNewTokens = maximumNewTokens
        self.minimumLength = minimumLength
        self.minimumNewTokens = minimumNewTokens
        self.lengthPenalty = lengthPenalty
        self.repetitionPenalty = repetitionPenalty
        self.unrepeatedRunLength = unrepeatedRunLength
        self.stopsEarly = stopsEarly
        self.returnCount = returnCount
        self.end = end
        self.padding = padding
        self.convention = convention
        self.countsPadding = countsPadding
    }

    /// The rules that every way of generating follows, in the order of transformers.
    func rules(openingCount: Int) -> [any LogitsRule] {
        var rules: [any LogitsRule] = []
        if repetitionPenalty != 1 { rules.append(RepetitionPenalty(factor: repetitionPenalty)) }
        if unrepeatedRunLength > 0 { rules.append(UnrepeatedRuns(length: unrepeatedRunLength)) }
        let length = minimumNewTokens > 0 ? max(minimumLength, openingCount + minimumNewTokens) : minimumLength
        if length > 0 { rules.append(MinimumLength(length: length, end: end)) }
        return rules
    }

    /// The ids that stand for vectors in front.
    func prefixIDs(count: Int) -> [Int32] {
        switch convention {
        case .lavis: []
        case .huggingFace(let imageToken): Array(repeating: imageToken, count: count)
        }
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
    /// What the text began with, the new tokens, and the end token if the text ended.
    public var ids: [Int32]
    /// How many ids the text began with: those of a decoder's prompt, with its padding where that counts, or an
    /// encoder-decoder's first token.
    public var openingCount: Int
    /// The beam's score; nil without beams.
    public var score: Float?

    /// The new tokens, and the end token if the text ended.
    public var newIDs: ArraySlice<Int32> { ids.dropFirst(openingCount) }
}
