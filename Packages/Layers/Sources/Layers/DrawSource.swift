import Tensors

/// Where a model's losses get their random choices from. Tests hand in the choices another implementation made.
public protocol DrawSource: Sendable {
    /// Independent draws, 1 with a probability and else 0.
    ///
    /// - Parameters:
    ///   - shape: of the result, samples on the first axis
    ///   - probability: of a 1
    ///   - key: names the draws
    ///   - firstSample: the number of the first sample; a sample's draws depend on its number, not on its batch
    func bernoulli(_ shape: Shape, probability: Float, key: RandomKey, firstSample: Int) -> IndexTensor

    /// One column number for each row, with chances in proportion to the weights.
    ///
    /// - Parameters:
    ///   - weights: none negative, not all zero in a row, `[samples, choices]`
    ///   - key: names the draws
    ///   - firstSample: the number of the first sample
    /// - Returns: `[samples]`
    func multinomial(_ weights: Tensor, key: RandomKey, firstSample: Int) -> IndexTensor
}

/// Draws that are functions of the key, the sample's number and the place in the sample.
public struct SeededDraws: DrawSource {
    /// Draws by key.
    public init() {}

    /// Independent draws, 1 with a probability and else 0.
    public func bernoulli(_ shape: Shape, probability: Float, key: RandomKey, firstSample: Int) -> IndexTensor {
        let first = firstSample * shape.count / max(shape[0], 1)
        return IndexTensor(
            (0..<shape.count).map { key.uniform(at: UInt64(first + $0)) < probability ? 1 : 0 }, shape: shape)
    }

    /// One column number for each row, with chances in proportion to the weights.
    public func multinomial(_ weights: Tensor, key: RandomKey, firstSample: Int) -> IndexTensor {
        let (rows, choices) = (weights.shape[0], weights.shape[1])
        return weights.withScalars { weights in
            IndexTensor(
                (0..<rows).map { row in
                    choice(
                        weights[row * choices..<(row + 1) * choices],
                        draw: key.uniform(at: UInt64(firstSample + row)))
                },
                shape: [rows])
        }
    }

    /// The column at which the running sum of the weights passes a share `draw` of their sum.
    private func choice(_ weights: Slice<UnsafeBufferPointer<Float>>, draw: Float) -> Int32 {
        let target = Double(draw) * weights.reduce(0) { $0 + Double($1) }
        var sum = 0.0
        var last: Int32 = 0
        for (column, weight) in weights.enumerated() where weight > 0 {
            sum += Double(weight)
            last = Int32(column)
            if sum > target { break }
        }
        return last
    }
}
