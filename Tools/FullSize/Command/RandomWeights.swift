import Tensors

/// Weights of a model that knows nothing, in which numbers stay in a range that float16 is good for.
///
/// The same million random numbers serve for all weights, each time from another place on: billions of draws would take
/// longer than all that is measured.
struct RandomWeights {
    private let numbers: [Float]

    init(seed: UInt64) { numbers = Tensor.normal([1_000_003], deviation: 0.02, key: RandomKey(seed: seed)).scalars }

    /// A weight by its name: a bias is 0 and a norm's weight, the one kind of weight with a single axis, 1.
    func tensor(_ name: String, _ shape: Shape) -> Tensor {
        if shape.rank == 1 { return Tensor(repeating: name.hasSuffix("bias") ? 0 : 1, shape: shape) }
        return Tensor(shape: shape) { scalars in
            var place = scalars.count % 7919
            for index in scalars.indices {
                scalars[index] = numbers[place]
                place = place + 1 == numbers.count ? 0 : place + 1
            }
        }
    }
}
