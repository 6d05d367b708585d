import Layers
import Tensors

/// Weights for models of the published sizes, which would take minutes to draw: a million numbers, for each weight from
/// another place on.
struct DrawnWeights {
    private let numbers = Tensor.normal([1_000_003], deviation: 0.02, key: RandomKey(seed: 1)).scalars

    /// Fills a frozen model one weight after the other, its matrices in a storage type.
    func fill(_ module: any Module, _ format: WeightFormat) {
        module.freeze()
        for (place, (name, parameter)) in module.namedParameters.enumerated() {
            let drawn = Parameter(tensor(name, parameter.shape, from: place * 7919 % numbers.count))
            drawn.store(as: format)
            parameter.take(drawn)
        }
    }

    private func tensor(_ name: String, _ shape: Shape, from start: Int) -> Tensor {
        // The one kind of weights with a single axis beside biases are those of norms.
        if shape.rank == 1 { return Tensor(repeating: name.hasSuffix("bias") ? 0 : 1, shape: shape) }
        return Tensor(shape: shape) { scalars in
            var place = start
            for index in scalars.indices {
                scalars[index] = numbers[place]
                place = place + 1 == numbers.count ? 0 : place + 1
            }
        }
    }
}
