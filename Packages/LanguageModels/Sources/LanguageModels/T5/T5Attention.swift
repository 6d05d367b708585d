import Layers
import Tensors

/// Attention without biases and without scaling of the scores: the initial weights make up for it.
final class T5Attention: Module {
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private let headCount: Int
    private let dropout: Dropout

    init(_ configuration: T5Configuration, _ weights: InitialWeights) {
        let inner = configuration.headCount * configuration.headWidth
        func projection(_ name: String, _ inputs: Int, _ outputs: Int, fan: Int) -> Linear {
            Linear(
                inputs: inputs, outputs: outputs, bias: false, weights: weights.child(name),
                initialization: .normal(deviation: 1 / Float(fan).squareRoot()))
        }
        let width = configuration.width
        query = projection("q", width, inner, fan: width * configuration.headWidth)
        key = projection("k", width, inner, fan: width)
        value = projection("v", width, inner, fan: width)
        output = projection("o", inner, width, fan: inner)
        headCount = configuration.headCount
        dropout = Dropout(rate: configuration.dropoutRate)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["q": query, "k": key, "v": value, "o": output] }

    /// What queries may look at: `[batch, tokens, width]` to twice `[batch, tokens, heads * headWidth]`.
    func keysAndValues(of input: Tensor) -> (key: Tensor, value: Tensor) { (key(input), value(input)) }

    /// Maps queries, `[batch, tokens, width]`, to the same shape; the bias is added to the scores.
    func callAsFunction(
        _ input: Tensor, to seen: (key: Tensor, value: Tensor), bias: Tensor?, _ context: Context
    ) -> Tensor {
        output(
            attend(
                query: query(input), key: seen.key, value: seen.value, headCount: headCount, scale: 1, bias: bias,
                dropout: dropout.onAttention(context)))
    }

    /// The same for tokens that see each other, and what a layer of the cache has seen if there is one; they are added to it.
    func callAsFunction(
        _ input: Tensor, cache: inout KeyValueCache?, layer: Int, bias: Tensor?, _ context: Context
    ) -> Tensor {
        let (query, key, value) = (query(input), key(input), value(input))
        cache?.append(key: key, value: value, layer: layer)
        let attended = cache?.attend(query: query, layer: layer, headCount: headCount, scale: 1, bias: bias)
        return output(
            attended
                ?? attend(
                    query: query, key: key, value: value, headCount: headCount, scale: 1, bias: bias,
                    dropout: dropout.onAttention(context)))
    }
}
