import Layers
import Tensors

/// The half of a T5 model that reads.
final class T5Encoder: Module {
    private let blocks: [T5EncoderBlock]
    private let norm: RMSNorm
    private let positions: RelativePositions
    private let dropout: Dropout

    init(_ configuration: T5Configuration, _ weights: InitialWeights) {
        let positions = RelativePositions(configuration, .both, weights.child("relative_attention_bias"))
        blocks = (0..<configuration.encoderLayerCount).map {
            T5EncoderBlock(configuration, positions: $0 == 0 ? positions : nil, weights.child("block").child($0))
        }
        norm = RMSNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        self.positions = positions
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["block": blocks, "final_layer_norm": norm] }

    /// Reads vectors, `[batch, tokens, width]`; the mask is 1 where there is something to read, `[batch, tokens]`.
    func callAsFunction(_ embeddings: Tensor, mask: IndexTensor, _ context: Context) -> Tensor {
        let count = embeddings.shape[1]
        let distances = positions(queryCount: count, keyCount: count)
        let bias = AttentionMask.padding(mask, .lowest).map { distances + $0 } ?? distances
        var stream = dropout(embeddings, context)
        for (index, block) in blocks.enumerated() {
            stream = block(stream, bias: bias, context)
            context.within("block.\(index)").record(stream)
        }
        return context.record(dropout(norm(stream), context), "last_hidden_state")
    }
}

/// Self-attention and a feed-forward part.
private final class T5EncoderBlock: Module {
    private let attention: T5SelfAttentionLayer
    private let feedForward: T5FeedForwardLayer

    init(_ configuration: T5Configuration, positions: RelativePositions?, _ weights: InitialWeights) {
        attention = T5SelfAttentionLayer(configuration, positions: positions, weights.child("layer").child(0))
        feedForward = T5FeedForwardLayer(configuration, weights.child("layer").child(1))
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["layer.0": attention, "layer.1": feedForward] }

    func callAsFunction(_ input: Tensor, bias: Tensor?, _ context: Context) -> Tensor {
        feedForward(attention(input, bias: bias, context), context)
    }
}
