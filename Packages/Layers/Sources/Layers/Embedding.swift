import Tensors

/// A table with a vector for each token or position.
public final class Embedding: Module {
    /// `[entries, width]`
    public let weight: Parameter

    /// A table drawn from a normal distribution about 0.
    public init(entryCount: Int, width: Int, deviation: Float = 0.02, weights: InitialWeights) {
        weight = weights.child("weight").normal([entryCount, width], deviation: deviation)
    }

    /// The table.
    public var parts: KeyValuePairs<String, any ModulePart> { ["weight": weight] }

    /// The vectors of these numbers: the shape of the numbers, then `[width]`.
    public func callAsFunction(_ ids: IndexTensor) -> Tensor { embed(ids, weight) }
}
