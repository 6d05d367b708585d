import Layers
import Tensors

/// The layers of an OPT model, with what stands before and after them.
protocol OPTStack: Module {
    /// Maps vectors and embedded tokens, `[batch, tokens, wordWidth]`, to the same shape.
    ///
    /// - Parameters:
    ///   - embeddings: what is new
    ///   - positions: the vectors of its places, `[batch, tokens, width]`
    ///   - bias: added to the scores of attention
    ///   - cache: keys and values of what was read before; the new ones are added
    ///   - context: of the pass
    func callAsFunction(
        _ embeddings: Tensor, positions: Tensor, bias: Tensor?, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor
}

/// Layers with norms in front of their parts, and a norm after the last.
final class OPTPreNormStack: OPTStack {
    private let norm: LayerNorm
    private let layers: [OPTLayer]

    init(_ configuration: OPTConfiguration, _ weights: InitialWeights) {
        norm = LayerNorm(width: configuration.width, epsilon: OPTLayer.epsilon, weights: weights)
        layers = OPTLayer.layers(configuration, weights)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["final_layer_norm": norm, "layers": layers] }

    func callAsFunction(
        _ embeddings: Tensor, positions: Tensor, bias: Tensor?, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor {
        var stream = embeddings + positions
        for (index, layer) in layers.enumerated() {
            stream = layer.preNorm(stream, bias: bias, cache: &cache, layer: index, context)
            context.within("layers.\(index)").record(stream)
        }
        return norm(stream)
    }
}

/// Layers with norms after their parts, and none after the last.
final class OPTPostNormStack: OPTStack {
    fileprivate let layers: [OPTLayer]

    init(_ configuration: OPTConfiguration, _ weights: InitialWeights) {
        layers = OPTLayer.layers(configuration, weights)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> { ["layers": layers] }

    func callAsFunction(
        _ embeddings: Tensor, positions: Tensor, bias: Tensor?, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor {
        var stream = embeddings + positions
        for (index, layer) in layers.enumerated() {
            stream = layer.postNorm(stream, bias: bias, cache: &cache, layer: index, context)
            context.within("layers.\(index)").record(stream)
        }
        return stream
    }
}

/// The same between maps from and to the width of the token table.
final class OPTMappedStack: OPTStack {
    private let output: Linear
    private let input: Linear
    private let stack: OPTPostNormStack

    init(_ configuration: OPTConfiguration, _ weights: InitialWeights) {
        func projection(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
            Linear(
                inputs: inputs, outputs: outputs, bias: false, weights: weights.child(name),
                initialization: .normal(deviation: configuration.initializerRange))
        }
        output = projection("project_out", configuration.width, configuration.wordWidth)
        input = projection("project_in", configuration.wordWidth, configuration.width)
        stack = OPTPostNormStack(configuration, weights)
    }

    /// The parts in the reference's order.
    var parts: KeyValuePairs<String, any ModulePart> {
        ["project_out": output, "project_in": input, "layers": stack.layers]
    }

    func callAsFunction(
        _ embeddings: Tensor, positions: Tensor, bias: Tensor?, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor {
        output(stack(input(embeddings), positions: positions, bias: bias, cache: &cache, context))
    }
}

extension OPTLayer {
    /// All layers of a model.
    fileprivate static func layers(_ configuration: OPTConfiguration, _ weights: InitialWeights) -> [OPTLayer] {
        (0..<configuration.layerCount).map { OPTLayer(configuration, weights.child("layers").child($0)) }
    }
}
