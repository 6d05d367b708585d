import BERT
import Layers
import Tensors

/// The part of a Q-Former layer that queries go through: self-attention, in some layers cross-attention to the image,
/// and a feed-forward network of their own.
final class QueryLayer: Module {
    let attention: BERTAttention
    let feedForward: BERTFeedForward
    let imageAttention: BERTAttention?

    init(_ configuration: QFormerConfiguration, layer: Int, weights: InitialWeights) {
        attention = BERTAttention(configuration.bert, weights: weights.child("attention"))
        imageAttention =
            configuration.looksAtImage(layer: layer)
            ? BERTAttention(
                configuration.bert, memoryWidth: configuration.imageWidth, weights: weights.child("imageAttention"))
            : nil
        feedForward = BERTFeedForward(configuration.bert, weights: weights.child("queryFeedForward"))
    }

    var parts: KeyValuePairs<String, any ModulePart> {
        [
            "attention": attention, "crossattention": imageAttention, "intermediate_query.dense": feedForward.expansion,
            "output_query.dense": feedForward.contraction, "output_query.LayerNorm": feedForward.norm,
        ]
    }

    /// The keys and values of image vectors `[batch, vectors, imageWidth]`; nil if the layer does not look at them.
    func memory(of image: Tensor) -> ImageMemory.KeysAndValues? { imageAttention?.keysAndValues(of: image) }

    /// What queries go through after the self-attention, `[batch, queries, width]` to the same shape.
    func afterAttention(_ queries: Tensor, _ memory: ImageMemory.KeysAndValues?, _ context: Context) -> Tensor {
        guard let imageAttention, let memory else { return feedForward(queries, context) }
        return feedForward(imageAttention(queries, to: memory, bias: nil, context), context)
    }
}

/// A layer of the Q-Former for queries and text: the self-attention is shared, the feed-forward networks are not.
final class QueryingLayer: Module {
    let queries: QueryLayer
    let textFeedForward: BERTFeedForward

    init(_ configuration: QFormerConfiguration, layer: Int, weights: InitialWeights) {
        queries = QueryLayer(configuration, layer: layer, weights: weights)
        textFeedForward = BERTFeedForward(configuration.bert, weights: weights.child("textFeedForward"))
    }

    var parts: KeyValuePairs<String, any ModulePart> {
        [
            "attention": queries.attention, "crossattention": queries.imageAttention,
            "intermediate.dense": textFeedForward.expansion, "output.dense": textFeedForward.contraction,
            "output.LayerNorm": textFeedForward.norm, "intermediate_query.dense": queries.feedForward.expansion,
            "output_query.dense": queries.feedForward.contraction, "output_query.LayerNorm": queries.feedForward.norm,
        ]
    }

    /// Queries and text in one sequence, `[batch, queries + tokens, width]` to the same shape.
    func callAsFunction(
        _ hidden: Tensor, queryCount: Int, memory: ImageMemory.KeysAndValues?, bias: Tensor?, _ context: Context
    ) -> Tensor {
        let attended = queries.attention(hidden, bias: bias, context)
            .split(axis: 1, sizes: [queryCount, hidden.shape[1] - queryCount])
        return .concatenating(
            [queries.afterAttention(attended[0], memory, context), textFeedForward(attended[1], context)], axis: 1)
    }
}
