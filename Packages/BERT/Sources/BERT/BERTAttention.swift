import Layers
import Tensors

/// Attention as in BERT: separate projections with biases, then the projection of the result, dropout, and the norm of
/// the sum with the input. Serves self-attention, and cross-attention to memory of another width.
public final class BERTAttention: Module {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let norm: LayerNorm
    private let dropout: Dropout
    private let headCount: Int
    private let scale: Float

    /// Attention of these sizes.
    ///
    /// - Parameters:
    ///   - configuration: the sizes of the encoder
    ///   - memoryWidth: elements of what is attended to; nil for the encoder's own width
    ///   - weights: where the first values come from
    public init(_ configuration: BERTConfiguration, memoryWidth: Int? = nil, weights: InitialWeights) {
        let width = configuration.width
        func projection(_ name: String, _ inputs: Int) -> Linear {
            Linear(
                inputs: inputs, outputs: width, weights: weights.child(name),
                initialization: .normal(deviation: configuration.initializerRange))
        }
        query = projection("query", width)
        key = projection("key", memoryWidth ?? width)
        value = projection("value", memoryWidth ?? width)
        output = projection("output", width)
        norm = LayerNorm(width: width, epsilon: configuration.epsilon, weights: weights)
        dropout = Dropout(rate: configuration.dropoutRate)
        headCount = configuration.headCount
        scale = 1 / Float(width / headCount).squareRoot()
    }

    /// The names of transformers' `BertAttention`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "self.query": query, "self.key": key, "self.value": value, "output.dense": output,
            "output.LayerNorm": norm,
        ]
    }

    /// The keys and values of what is attended to: `[batch, keys, memoryWidth]` to `[batch, keys, width]` each.
    public func keysAndValues(of memory: Tensor) -> (key: Tensor, value: Tensor) { (key(memory), value(memory)) }

    /// Attends to keys and values that were computed before.
    ///
    /// - Parameters:
    ///   - hidden: `[batch, queries, width]`
    ///   - memory: keys and values, `[batch, keys, width]` each
    ///   - bias: added to the scores; broadcast to `[batch, heads, queries, keys]`
    ///   - context: of the pass
    /// - Returns: `[batch, queries, width]`
    public func callAsFunction(
        _ hidden: Tensor, to memory: (key: Tensor, value: Tensor), bias: Tensor?, _ context: Context
    ) -> Tensor {
        let attended = attend(
            query: query(hidden), key: memory.key, value: memory.value, headCount: headCount, scale: scale, bias: bias,
            dropout: dropout.onAttention(context))
        return added(attended, to: hidden, context)
    }

    /// Attends to what a layer of a cache has seen, and to the new tokens `[batch, tokens, width]`, which are added to it.
    public func callAsFunction(
        _ hidden: Tensor, cache: inout KeyValueCache, layer: Int, bias: Tensor?, _ context: Context
    ) -> Tensor {
        cache.append(key: key(hidden), value: value(hidden), layer: layer)
        let attended = cache.attend(query: query(hidden), layer: layer, headCount: headCount, scale: scale, bias: bias)
        return added(attended, to: hidden, context)
    }

    private func added(_ attended: Tensor, to hidden: Tensor, _ context: Context) -> Tensor {
        norm(dropout(output(attended), context) + hidden)
    }

    /// Attends to itself, `[batch, tokens, width]`.
    public func callAsFunction(_ hidden: Tensor, bias: Tensor?, _ context: Context) -> Tensor {
        self(hidden, to: keysAndValues(of: hidden), bias: bias, context)
    }

    /// How much of its attention each query gives to each key. The fused kernel behind a pass weighs values by these
    /// probabilities and keeps none of them; this computes them apart, for those who want to see them.
    ///
    /// - Parameters:
    ///   - hidden: `[batch, queries, width]`
    ///   - key: `[batch, keys, width]`
    /// - Returns: `[batch, heads, queries, keys]`; those of a query sum to 1
    public func probabilities(_ hidden: Tensor, over key: Tensor) -> Tensor {
        func heads(_ rows: Tensor) -> Tensor {
            rows.reshaped(to: [rows.shape[0], rows.shape[1], headCount, rows.shape[2] / headCount])
                .transposed([0, 2, 1, 3])
        }
        return (heads(query(hidden)) * scale).matrixProduct(heads(key), transposingOther: true).softmax()
    }
}
