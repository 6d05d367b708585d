import Foundation
import Layers
import Tensors

/// What the distance of two tokens adds to their attention score: a learned number for each head and each class of
/// distances. Raffel et al.: Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer, 2020,
/// section 2.1.
final class RelativePositions: Module {
    /// Which tokens a query can see.
    enum Direction: Sendable {
        /// Those on both sides; half of the classes are for those after the query.
        case both
        /// Those up to itself.
        case backward
    }

    private let table: Embedding
    private let direction: Direction
    private let bucketCount: Int
    private let maximumDistance: Int

    init(_ configuration: T5Configuration, _ direction: Direction, _ weights: InitialWeights) {
        table = Embedding(
            entryCount: configuration.bucketCount, width: configuration.headCount,
            deviation: 1 / Float(configuration.width).squareRoot(), weights: weights)
        self.direction = direction
        bucketCount = configuration.bucketCount
        maximumDistance = configuration.maximumDistance
    }

    var parts: KeyValuePairs<String, any ModulePart> { ["": table] }

    /// The bias for queries that are the last of the keys: `[1, heads, queries, keys]`.
    func callAsFunction(queryCount: Int, keyCount: Int) -> Tensor {
        var buckets: [Int32] = []
        buckets.reserveCapacity(queryCount * keyCount)
        for query in keyCount - queryCount..<keyCount {
            for key in 0..<keyCount { buckets.append(Int32(bucket(of: key - query))) }
        }
        let values = table(IndexTensor(buckets, shape: [queryCount, keyCount]))
        return values.transposed([2, 0, 1]).reshaped(to: [1, values.shape[2], queryCount, keyCount])
    }

    /// The class of a key that stands `offset` places after the query: small distances have a class each, greater ones
    /// share classes that grow with the logarithm. In float32, as the reference computes it.
    func bucket(of offset: Int) -> Int {
        let sideCount = direction == .both ? bucketCount / 2 : bucketCount
        let first = direction == .both && offset > 0 ? sideCount : 0
        let distance = direction == .both ? abs(offset) : max(-offset, 0)
        let exactCount = sideCount / 2
        if distance < exactCount { return first + distance }
        let scale = Float(log(Double(maximumDistance) / Double(exactCount)))
        let place = log(Float(distance) / Float(exactCount)) / scale * Float(sideCount - exactCount)
        return first + min(exactCount + Int(place), sideCount - 1)
    }
}
