import Layers
import Tensors

/// A layer of BERT: self-attention, then the feed-forward network, each normalized after its sum.
public final class BERTLayer: Module {
    private let attention: BERTAttention
    private let feedForward: BERTFeedForward

    /// A layer of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        attention = BERTAttention(configuration, weights: weights.child("attention"))
        feedForward = BERTFeedForward(configuration, weights: weights.child("feedForward"))
    }

    /// The names of transformers' `BertLayer`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "attention": attention, "intermediate.dense": feedForward.expansion,
            "output.dense": feedForward.contraction,
            "output.LayerNorm": feedForward.norm,
        ]
    }

    /// Maps `[batch, tokens, width]` to the same shape.
    public func callAsFunction(_ hidden: Tensor, bias: Tensor?, _ context: Context) -> Tensor {
        feedForward(attention(hidden, bias: bias, context), context)
    }
}
