import Layers
import Tensors

/// BERT without a head: embeddings and layers. Devlin et al.: BERT, 2018.
public final class BERTEncoder: Module {
    private let embeddings: BERTEmbeddings
    private let layers: [BERTLayer]

    /// An encoder of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        embeddings = BERTEmbeddings(configuration, weights: weights.child("embeddings"))
        layers = (0..<configuration.layerCount).map {
            BERTLayer(configuration, weights: weights.child("layer").child($0))
        }
    }

    /// The names of transformers' `BertModel`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["embeddings": embeddings, "encoder.layer": layers]
    }

    /// The last hidden states of a text, `[batch, tokens, width]`; padding is hidden with the most negative number. The
    /// types say which of two texts a token belongs to, `[batch, tokens]`; nil for the first.
    public func callAsFunction(_ text: MaskedTokens, types: IndexTensor? = nil, _ context: Context) -> Tensor {
        let bias = AttentionMask.padding(text.mask, .lowest)
        var hidden = embeddings(text.ids, types: types, context.within("embeddings"))
        for (index, layer) in layers.enumerated() {
            hidden = layer(hidden, bias: bias, context)
            context.within("encoder.layer.\(index)").record(hidden)
        }
        return context.within("encoder").record(hidden, "last_hidden_state")
    }
}
