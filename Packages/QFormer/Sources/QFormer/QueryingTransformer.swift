import BERT
import Layers
import Tensors

/// The Q-Former as it is trained: one transformer that learned queries and text go through, apart, together, or the
/// text after the queries. Li et al.: BLIP-2, 2023, section 3.2; figure 2 shows the masks.
public final class QueryingTransformer: Module {
    /// The part that queries go through; it is what later stages keep.
    public let encoder: QueryEncoder
    private let words: Embedding
    private let positions: Embedding
    private let layers: [QueryingLayer]
    private let head: MaskedLanguageHead

    /// A transformer of these sizes.
    public init(_ configuration: QFormerConfiguration, weights: InitialWeights) {
        let bert = configuration.bert
        func table(_ name: String, _ count: Int) -> Embedding {
            Embedding(
                entryCount: count, width: bert.width, deviation: bert.initializerRange, weights: weights.child(name))
        }
        words = table("words", bert.vocabularyCount)
        positions = table("positions", bert.positionCount)
        layers = (0..<bert.layerCount).map {
            QueryingLayer(configuration, layer: $0, weights: weights.child("layer").child($0))
        }
        encoder = QueryEncoder(configuration, layers: layers.map(\.queries), weights: weights)
        head = MaskedLanguageHead(bert, weights: weights.child("head"))
    }

    /// The names of the reference's `Qformer`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "bert.embeddings.word_embeddings": words, "bert.embeddings.position_embeddings": positions,
            "bert.embeddings.LayerNorm": encoder.norm, "bert.encoder.layer": layers, "cls.predictions": head,
        ]
    }

    /// The most tokens of a text.
    public var positionCount: Int { positions.weight.shape[0] }

    /// The last hidden states of a text on its own, seen from both sides: `[batch, tokens, width]`.
    public func text(_ text: MaskedTokens, _ context: Context) -> Tensor {
        let bias = AttentionMask.padding(text.mask, .tenThousand)
        var hidden = encoder.embed([vectors(text.ids, from: 0)], batchCount: text.batchCount, context)
        for (index, layer) in layers.enumerated() {
            hidden = layer.textFeedForward(layer.queries.attention(hidden, bias: bias, context), context)
            context.within("bert.encoder.layer.\(index)").record(hidden)
        }
        return context.within("bert").record(hidden, "last_hidden_state")
    }

    /// The last hidden states of queries that see a text and an image: `[batch, queries, width]`. All see all but
    /// padding; only queries look at the image.
    ///
    /// - Parameters:
    ///   - queries: one set for all pairs, `[1, queries, width]`
    ///   - text: one row for each pair
    ///   - image: of the image of each pair
    ///   - context: of the pass
    public func matched(
        _ queries: Tensor, text: MaskedTokens, image: ImageMemory, _ context: Context
    ) -> Tensor {
        let queryCount = queries.shape[1]
        let bias = AttentionMask.padding(visible(text.mask, after: queryCount), .tenThousand)
        var hidden = encoder.embed([queries, vectors(text.ids, from: 0)], batchCount: text.batchCount, context)
        for (index, (layer, memory)) in zip(layers, image.layers).enumerated() {
            hidden = layer(hidden, queryCount: queryCount, memory: memory, bias: bias, context)
            context.within("bert.encoder.layer.\(index)").record(hidden)
        }
        context.within("bert").record(hidden, "last_hidden_state")
        return hidden.slice(axis: 1, from: 0, to: queryCount)
    }

    /// The logits of the token after each token of a text that continues what queries saw: `[batch, tokens, vocabulary]`.
    ///
    /// Every token sees the queries and the tokens up to itself. Queries never see text, so their keys and values may
    /// come from a pass without text; this is the reference's training form, and equals its generation form, which
    /// runs queries and text again for every token.
    public func write(_ text: MaskedTokens, after queries: QueryEncoding, _ context: Context) -> Tensor {
        let mask = visible(text.mask, after: queries.hidden.shape[1])
        return write(text, from: 0, mask: mask, context) { layer, hidden, bias in
            let attention = layers[layer].queries.attention
            let (seen, own) = (queries.seen[layer], attention.keysAndValues(of: hidden))
            let all = (
                key: Tensor.concatenating([seen.key, own.key], axis: 1),
                value: Tensor.concatenating([seen.value, own.value], axis: 1)
            )
            return attention(hidden, to: all, bias: bias, context)
        }
    }

    /// The same for a text that is being written: it continues what was written before.
    public func write(_ text: MaskedTokens, _ state: inout TextState, _ context: Context) -> Tensor {
        let first = state.mask.shape[1] - state.queryCount
        state.mask = .concatenating([state.mask, text.mask], axis: 1)
        return write(text, from: first, mask: state.mask, context) { layer, hidden, bias in
            layers[layer].queries.attention(hidden, cache: &state.cache, layer: layer, bias: bias, context)
        }
    }

    /// - Parameter attend: the attention of a layer to what it has seen, with a bias on the scores
    private func write(
        _ text: MaskedTokens, from first: Int, mask: IndexTensor, _ context: Context,
        attend: (_ layer: Int, _ hidden: Tensor, _ bias: Tensor?) -> Tensor
    ) -> Tensor {
        let bias = AttentionMask.causal(mask, queryCount: text.tokenCount, .tenThousand)
        var hidden = encoder.embed([vectors(text.ids, from: first)], batchCount: text.batchCount, context)
        for (index, layer) in layers.enumerated() {
            hidden = layer.textFeedForward(attend(index, hidden, bias), context)
            context.within("bert.encoder.layer.\(index)").record(hidden)
        }
        context.within("bert").record(hidden, "last_hidden_state")
        return context.record(head(hidden, words: words.weight), "logits")
    }

    /// Token and position vectors of a text whose first token stands at a position: `[batch, tokens, width]`.
    private func vectors(_ ids: IndexTensor, from first: Int) -> Tensor {
        let places = IndexTensor((0..<Int32(ids.shape[1])).map { Int32(first) + $0 }, shape: [ids.shape[1]])
        return words(ids) + positions(places)
    }

    private func visible(_ mask: IndexTensor, after queryCount: Int) -> IndexTensor {
        .concatenating([IndexTensor(repeating: 1, shape: [mask.shape[0], queryCount]), mask], axis: 1)
    }
}

/// A text that is being written after queries: all keys and values, and which of them may be seen.
public struct TextState: Sendable {
    var cache: KeyValueCache
    /// `[batch, queries + tokens]`
    var mask: IndexTensor
    let queryCount: Int

    /// No text yet, after these queries.
    public init(after queries: QueryEncoding) {
        cache = KeyValueCache(layerCount: queries.seen.count)
        for (layer, seen) in queries.seen.enumerated() { cache.append(key: seen.key, value: seen.value, layer: layer) }
        queryCount = queries.hidden.shape[1]
        mask = IndexTensor(repeating: 1, shape: [queries.hidden.shape[0], queryCount])
    }

    /// Makes row `i` what row `rows[i]` was.
    public mutating func reorder(by rows: IndexTensor) {
        cache.reorder(by: rows)
        mask = mask.gathering(rows)
    }
}
