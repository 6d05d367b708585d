import Layers
import Tensors

/// What a decoder sees of the encoder's output, computed once for each text that is read.
struct T5Memory: Sendable {
    /// By block.
    fileprivate var layers: [(key: Tensor, value: Tensor)]
    /// Hides the encoder's padding, `[batch, 1, 1, tokens]`; nil if there is none.
    fileprivate var bias: Tensor?

    /// The memory of the texts with these numbers, `[texts]`.
    func gathering(_ rows: IndexTensor) -> T5Memory {
        T5Memory(
            layers: layers.map { ($0.key.gathering(rows), $0.value.gathering(rows)) }, bias: bias?.gathering(rows))
    }
}

/// The half of a T5 model that writes.
final class T5Decoder: Module {
    private let blocks: [T5DecoderBlock]
    private let norm: RMSNorm
    private let positions: RelativePositions
    private let dropout: Dropout

    init(_ configuration: T5Configuration, _ weights: InitialWeights) {
        let positions = RelativePositions(configuration, .backward, weights.child("relative_attention_bias"))
        blocks = (0..<configuration.decoderLayerCount).map {
            T5DecoderBlock(configuration, positions: $0 == 0 ? positions : nil, weights.child("block").child($0))
        }
        norm = RMSNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        self.positions = positions
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["block": blocks, "final_layer_norm": norm] }

    /// A cache that has seen nothing.
    var emptyCache: KeyValueCache { KeyValueCache(layerCount: blocks.count) }

    /// What is seen of the encoder's output, `[batch, tokens, width]`, where the mask `[batch, tokens]` is 1.
    func memory(of encoded: Tensor, mask: IndexTensor) -> T5Memory {
        T5Memory(layers: blocks.map { $0.memory(of: encoded) }, bias: AttentionMask.padding(mask, .lowest))
    }

    /// Writes on.
    ///
    /// - Parameters:
    ///   - embeddings: embedded tokens that are new, `[batch, new, width]`
    ///   - mask: 1 for what is seen, of all that the cache holds and the new ones, `[batch, all]`
    ///   - memory: of the encoder's output
    ///   - cache: keys and values of what was written before; the new ones are added. Nil where a text is given whole
    ///   - context: of the pass
    /// - Returns: `[batch, new, width]`
    func callAsFunction(
        _ embeddings: Tensor, mask: IndexTensor, memory: T5Memory, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor {
        let newCount = embeddings.shape[1]
        let distances = positions(queryCount: newCount, keyCount: mask.shape[1])
        let bias = AttentionMask.causal(mask, queryCount: newCount, .lowest).map { distances + $0 } ?? distances
        var stream = dropout(embeddings, context)
        for (index, block) in blocks.enumerated() {
            stream = block(
                stream, bias: bias, memory: memory.layers[index], memoryBias: memory.bias, cache: &cache, layer: index,
                context)
            context.within("block.\(index)").record(stream)
        }
        return dropout(norm(stream), context)
    }
}

/// Causal self-attention, attention to the encoder's output, and a feed-forward part.
private final class T5DecoderBlock: Module {
    private let attention: T5SelfAttentionLayer
    private let crossAttention: T5CrossAttentionLayer
    private let feedForward: T5FeedForwardLayer

    init(_ configuration: T5Configuration, positions: RelativePositions?, _ weights: InitialWeights) {
        attention = T5SelfAttentionLayer(configuration, positions: positions, weights.child("layer").child(0))
        crossAttention = T5CrossAttentionLayer(configuration, weights.child("layer").child(1))
        feedForward = T5FeedForwardLayer(configuration, weights.child("layer").child(2))
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> {
        ["layer.0": attention, "layer.1": crossAttention, "layer.2": feedForward]
    }

    func memory(of encoded: Tensor) -> (key: Tensor, value: Tensor) { crossAttention.memory(of: encoded) }

    func callAsFunction(
        _ input: Tensor, bias: Tensor?, memory: (key: Tensor, value: Tensor), memoryBias: Tensor?,
        cache: inout KeyValueCache?, layer: Int, _ context: Context
    ) -> Tensor {
        let attended = attention(input, bias: bias, cache: &cache, layer: layer, context)
        return feedForward(crossAttention(attended, to: memory, bias: memoryBias, context), context)
    }
}
