import Layers
import Tensors

/// Turns token ids into the first hidden states of BERT: token, position and type vectors summed, normalized, with
/// dropout. Devlin et al.: BERT, 2018, section 3.
public final class BERTEmbeddings: Module {
    private let words: Embedding
    private let positions: Embedding
    private let types: Embedding
    private let norm: LayerNorm
    private let dropout: Dropout

    /// Embeddings of these sizes.
    public init(_ configuration: BERTConfiguration, weights: InitialWeights) {
        func table(_ name: String, _ count: Int) -> Embedding {
            Embedding(
                entryCount: count, width: configuration.width, deviation: configuration.initializerRange,
                weights: weights.child(name))
        }
        words = table("words", configuration.vocabularyCount)
        positions = table("positions", configuration.positionCount)
        types = table("types", configuration.typeCount)
        norm = LayerNorm(width: configuration.width, epsilon: configuration.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The names of transformers' `BertEmbeddings`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "word_embeddings": words, "position_embeddings": positions, "token_type_embeddings": types,
            "LayerNorm": norm,
        ]
    }

    /// Embeds `[batch, tokens]`: to `[batch, tokens, width]`. The types say which of two texts a token belongs to,
    /// `[batch, tokens]`; nil for the first.
    public func callAsFunction(_ ids: IndexTensor, types: IndexTensor? = nil, _ context: Context) -> Tensor {
        let places = IndexTensor((0..<Int32(ids.shape[1])).map { $0 }, shape: [ids.shape[1]])
        let type = self.types(types ?? IndexTensor([0], shape: [1]))
        return context.record(dropout(norm(words(ids) + (positions(places) + type)), context))
    }
}
