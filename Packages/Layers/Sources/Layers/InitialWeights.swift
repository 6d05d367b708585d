import Tensors

/// Where the first values of a model's weights come from: drawn at random, or nowhere because a checkpoint follows.
public struct InitialWeights: Sendable {
    private let key: RandomKey?

    private init(key: RandomKey?) { self.key = key }

    /// Values drawn with a key; each part of a model draws with a child of its own.
    public static func random(_ key: RandomKey) -> InitialWeights { InitialWeights(key: key) }

    /// Zeros that take no memory, for a model that is about to be loaded.
    public static let unset = InitialWeights(key: nil)

    /// The source for a named part.
    public func child(_ name: String) -> InitialWeights { InitialWeights(key: key?.child(name)) }

    /// The source for a numbered part.
    public func child(_ number: Int) -> InitialWeights { InitialWeights(key: key?.child(UInt64(number))) }

    /// A weight uniform in `-bound...bound`.
    public func uniform(_ shape: Shape, bound: Float) -> Parameter {
        parameter(shape) { .uniform(shape, in: -bound...bound, key: $0) }
    }

    /// A weight from a normal distribution about 0.
    public func normal(_ shape: Shape, deviation: Float) -> Parameter {
        parameter(shape) { .normal(shape, deviation: deviation, key: $0) }
    }

    /// A weight from a normal distribution about 0, cut off at two deviations.
    public func truncatedNormal(_ shape: Shape, deviation: Float) -> Parameter {
        parameter(shape) { .truncatedNormal(shape, deviation: deviation, key: $0) }
    }

    /// A weight of one value.
    public func constant(_ value: Float, _ shape: Shape) -> Parameter {
        parameter(shape) { _ in Tensor(repeating: value, shape: shape) }
    }

    private func parameter(_ shape: Shape, _ draw: (RandomKey) -> Tensor) -> Parameter {
        Parameter(key.map(draw) ?? ZeroPages.tensor(shape))
    }
}
