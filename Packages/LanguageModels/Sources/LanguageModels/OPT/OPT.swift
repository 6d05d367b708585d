import Layers
import Tensors

/// OPT, a decoder with pre-norm layers and a head tied to its token table.
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
    private let finalNorm: LayerNorm
    private let layers: [OPTLayer]

    /// Quirk: the first two rows of the position table belong to padding, a heritage of fairseq.
    private static let positionOffset: Int32 = 2

    /// A model of these sizes.
    public init(_ configuration: OPTConfiguration, weights: InitialWeights) {
        let deviation = configuration.initializerRange
        self.configuration = configuration
        tokens = Embedding(
            entryCount: configuration.vocabularyCount, width: configuration.width, deviation: deviation,
            weights: weights.child("embed_tokens"))
        positions = Embedding(
            entryCount: configuration.positionCount + Int(Self.positionOffset), width: configuration.width,
            deviation: deviation, weights: weights.child("embed_positions"))
        finalNorm = LayerNorm(width: configuration.width, epsilon: OPTLayer.epsilon, weights: weights)
        layers = (0..<configuration.layerCount).map {
            OPTLayer(configuration, weights.child("layers").child($0))
        }
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "model.decoder.embed_tokens": tokens, "model.decoder.embed_positions": positions,
            "model.decoder.final_layer_norm": finalNorm, "model.decoder.layers": layers,
        ]
    }

    /// The width of the vectors that stand in front of the text.
    public var width: Int { configuration.width }

    /// The residual stream after the final norm.
    ///
    /// - Parameters:
    ///   - embeddings: vectors and embedded tokens that are new, `[batch, new, width]`
    ///   - mask: 1 for what is seen, of all that the cache holds and the new ones, `[batch, all]`
    ///   - cache: keys and values of what was read before; the new ones are added
    /// - Returns: `[batch, new, width]`
    func hidden(_ embeddings: Tensor, mask: IndexTensor, cache: inout KeyValueCache?, _ context: Context) -> Tensor {
        let newCount = embeddings.shape[1]
        let bias = AttentionMask.causal(mask, queryCount: newCount, .lowest)
        let places = positionIDs(mask).slice(axis: 1, from: mask.shape[1] - newCount, to: mask.shape[1])
        var stream = embeddings + positions(places)
        for (index, layer) in layers.enumerated() {
            stream = layer(stream, mask: bias, cache: &cache, layer: index, context)
            context.within("model.decoder.layers.\(index)").record(stream)
        }
        return finalNorm(stream)
    }

    /// The logits of a residual stream: `[..., width]` to `[..., vocabulary]`.
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

    /// Vectors and embedded tokens one after the other, and the mask of both.
    private func joined(_ prefix: Tensor?, _ text: MaskedTokens) -> (embeddings: Tensor, mask: IndexTensor) {
        let embedded = tokens(text.ids)
        guard let prefix else { return (embedded, text.mask) }
        let seen = IndexTensor(repeating: 1, shape: [prefix.shape[0], prefix.shape[1]])
        return (
            Tensor.concatenating([prefix, embedded], axis: 1),
            IndexTensor.concatenating([seen, text.mask], axis: 1)
        )
    }

    /// The mean cross-entropy of each label given all before it.
    ///
    /// Quirk: with vectors in front, the first token of the text, the beginning of sentence, is predicted from the
    /// last vector.
    public func loss(prefix: Tensor?, text: MaskedTokens, labels: IndexTensor, _ context: Context) -> Tensor {
        let (embeddings, mask) = joined(prefix, text)
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
        let (embeddings, mask) = joined(prefix, prompt)
        var cache: KeyValueCache? = KeyValueCache(layerCount: layers.count)
        let stream = hidden(embeddings, mask: mask, cache: &cache, context)
        let last = stream.slice(axis: 1, from: mask.shape[1] - 1, to: mask.shape[1])
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
