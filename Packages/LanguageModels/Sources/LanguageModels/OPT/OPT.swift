import Layers
import Tensors

/// OPT, a decoder with a head tied to its token table.
///
/// Names are those of Hugging Face (`transformers/models/opt/modeling_opt.py` at 4.26.1), as
/// `lavis/models/blip2_models/modeling_opt.py` changes it: vectors may stand in front of the tokens.
/// Zhang et al.: OPT: Open Pre-trained Transformer Language Models, 2022.
public final class OPT: LanguageModel {
    /// The sizes.
    public let configuration: OPTConfiguration
    /// The token table, `[vocabulary, width]`, which is the head as well.
    public let tokens: Embedding
    private let positions: Embedding
    private let stack: any OPTStack

    /// Quirk: the first two rows of the position table belong to padding, a heritage of fairseq.
    private static let positionOffset: Int32 = 2

    /// A model of these sizes.
    public init(_ configuration: OPTConfiguration, weights: InitialWeights) {
        let deviation = configuration.initializerRange
        self.configuration = configuration
        tokens = Embedding(
            entryCount: configuration.vocabularyCount, width: configuration.wordWidth, deviation: deviation,
            weights: weights.child("embed_tokens"))
        positions = Embedding(
            entryCount: configuration.positionCount + Int(Self.positionOffset), width: configuration.width,
            deviation: deviation, weights: weights.child("embed_positions"))
        switch configuration.layout {
        case .preNorm: stack = OPTPreNormStack(configuration, weights)
        case .postNorm(configuration.width): stack = OPTPostNormStack(configuration, weights)
        case .postNorm: stack = OPTMappedStack(configuration, weights)
        }
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "model.decoder.embed_tokens": tokens, "model.decoder.embed_positions": positions,
            "model.decoder": stack,
        ]
    }

    /// The head, which published checkpoints hold as well as the token table that it is.
    public static let copies = ["lm_head.weight"]

    /// `opt`
    public var family: String { "opt" }

    /// The width of the vectors that stand in front of the text.
    public var width: Int { configuration.wordWidth }

    /// The most vectors and tokens that have a position.
    public var positionCount: Int? { configuration.positionCount }

    /// The texts begin with the prompt.
    public func opening(of prompt: MaskedTokens, prefixIDs: [Int32]) -> [[Int32]] {
        (0..<prompt.batchCount).map { prefixIDs + prompt.ids.row($0) }
    }

    /// What the layers make of vectors and tokens.
    ///
    /// - Parameters:
    ///   - embeddings: vectors and embedded tokens that are new, `[batch, new, wordWidth]`
    ///   - mask: 1 for what is seen, of all that the cache holds and the new ones, `[batch, all]`
    ///   - cache: keys and values of what was read before; the new ones are added
    /// - Returns: `[batch, new, wordWidth]`
    func hidden(_ embeddings: Tensor, mask: IndexTensor, cache: inout KeyValueCache?, _ context: Context) -> Tensor {
        let newCount = embeddings.shape[1]
        let bias = AttentionMask.causal(mask, queryCount: newCount, .lowest)
        let places = positionIDs(mask).slice(axis: 1, from: mask.shape[1] - newCount, to: mask.shape[1])
        return stack(
            embeddings, positions: positions(places), bias: bias, cache: &cache, context.within("model.decoder"))
    }

    /// The logits of what the layers made: `[..., wordWidth]` to `[..., vocabulary]`.
    func logits(_ hidden: Tensor) -> Tensor { linear(hidden, tokens.weight) }

    /// Tokens that are seen are numbered from 0; padding stands at -1.
    private func positionIDs(_ mask: IndexTensor) -> IndexTensor {
        var ids = mask.scalars
        for row in 0..<mask.shape[0] {
            var seen: Int32 = 0
            for place in row * mask.shape[1]..<(row + 1) * mask.shape[1] {
                seen += ids[place]
                ids[place] = (ids[place] == 0 ? -1 : seen - 1) + Self.positionOffset
            }
        }
        let limit = Int32(configuration.positionCount) + Self.positionOffset
        precondition(ids.allSatisfy { $0 < limit }, "more than \(configuration.positionCount) tokens have no position")
        return IndexTensor(ids, shape: mask.shape)
    }

    /// The mean cross-entropy of each label given all before it.
    ///
    /// Quirk: with vectors in front, the first token of the text, the beginning of sentence, is predicted from the
    /// last vector.
    public func loss(prefix: Tensor?, text: MaskedTokens, labels: IndexTensor, _ context: Context) -> Tensor {
        let (embeddings, mask) = tokens.joined(prefix, text)
        var cache: KeyValueCache?
        let stream = hidden(embeddings, mask: mask, cache: &cache, context)
        if context.isRecording { context.record(logits(stream), "logits") }
        let prefixCount = prefix?.shape[1] ?? 0
        let first = max(prefixCount - 1, 0)
        let asked = labels.slice(axis: 1, from: first + 1 - prefixCount, to: labels.shape[1])
        let asking = stream.slice(axis: 1, from: first, to: mask.shape[1] - 1)
        return context.record(logits(asking).crossEntropy(asked), "loss")
    }

    /// Reads the vectors and the prompt at once.
    public func begin(
        prefix: Tensor?, prompt: MaskedTokens, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding) {
        let (embeddings, mask) = tokens.joined(prefix, prompt)
        return begin(embeddings, mask: mask, cache: KeyValueCache(layerCount: configuration.layerCount), context)
    }

    /// The layers' keys and values of the vectors: what comes later does not change them.
    public func read(_ prefix: Tensor, _ context: Context) -> ReadPrefix {
        var cache: KeyValueCache? = KeyValueCache(layerCount: configuration.layerCount)
        let mask = IndexTensor(repeating: 1, shape: [prefix.shape[0], prefix.shape[1]])
        _ = hidden(prefix, mask: mask, cache: &cache, context)
        return ReadPrefix(vectors: prefix, cache: cache)
    }

    /// Reads the prompt alone.
    public func begin(
        after prefix: ReadPrefix, prompt: MaskedTokens, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding) {
        let seen = IndexTensor(repeating: 1, shape: [prefix.batchCount, prefix.vectorCount])
        let mask = IndexTensor.concatenating([seen, prompt.mask], axis: 1)
        return begin(tokens(prompt.ids), mask: mask, cache: prefix.cache, context)
    }

    private func begin(
        _ embeddings: Tensor, mask: IndexTensor, cache: KeyValueCache?, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding) {
        var cache = cache
        let stream = hidden(embeddings, mask: mask, cache: &cache, context)
        let last = stream.slice(axis: 1, from: stream.shape[1] - 1, to: stream.shape[1])
        let decoding = OPTDecoding(model: self, mask: mask, cache: cache, context: context)
        return (logits(last).reshaped(to: [mask.shape[0], configuration.vocabularyCount]), decoding)
    }
}

/// Text that an OPT model is generating.
private struct OPTDecoding: Decoding {
    let model: OPT
    var mask: IndexTensor
    var cache: KeyValueCache?
    let context: Context

    mutating func advance(_ tokens: IndexTensor) -> Tensor {
        let rows = tokens.count
        mask = .concatenating([mask, IndexTensor(repeating: 1, shape: [rows, 1])], axis: 1)
        let embedded = model.tokens(tokens.reshaped(to: [rows, 1]))
        let stream = model.hidden(embedded, mask: mask, cache: &cache, context)
        return model.logits(stream).reshaped(to: [rows, model.configuration.vocabularyCount])
    }

    mutating func reorder(by rows: IndexTensor) {
        mask = mask.gathering(rows)
        cache?.reorder(by: rows)
    }
}
