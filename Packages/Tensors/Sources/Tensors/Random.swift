import CTensorKernels

/// Names a family of random draws: draw number `n` is a function of the key and `n` alone, so draws do not depend on
/// the order, the thread or the process in which they are made.
public struct RandomKey: Hashable, Sendable {
    let bits: UInt64

    /// The key that all draws of a run descend from.
    public init(seed: UInt64) { bits = tk_random_child(0x626c_6970, seed) }

    private init(bits: UInt64) { self.bits = bits }

    /// The key of a numbered part: a step, a stream, a sample.
    public func child(_ number: UInt64) -> RandomKey { RandomKey(bits: tk_random_child(bits, number)) }

    /// The key of a named part.
    public func child(_ name: String) -> RandomKey {
        name.utf8.reduce(self) { $0.child(UInt64($1)) }.child(UInt64(name.utf8.count) + 256)
    }

    /// The 64 random bits with this number.
    public func bits(at number: UInt64) -> UInt64 { tk_random_bits(bits, number) }

    /// The draw with this number, uniform in `0..<1` with 24 bits.
    public func uniform(at number: UInt64) -> Float {
        var result: Float = 0
        tk_random_uniform(bits, number, &result, 1)
        return result
    }
}

/// The draws of a key one after the other, for shuffles and choices.
public struct RandomSequence: RandomNumberGenerator, Sendable {
    private let key: RandomKey
    private var position: UInt64 = 0

    /// Starts at the key's first draw.
    public init(_ key: RandomKey) { self.key = key }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        defer { position += 1 }
        return key.bits(at: position)
    }
}

extension Tensor {
    /// Uniform draws from a range.
    public static func uniform(_ shape: Shape, in range: ClosedRange<Float>, key: RandomKey) -> Tensor {
        let result = Tensor(uninitialized: shape)
        tk_random_uniform(key.bits, 0, result.pointer, Int64(shape.count))
        return result * (range.upperBound - range.lowerBound) + range.lowerBound
    }

    /// Draws from a normal distribution about 0.
    public static func normal(_ shape: Shape, deviation: Float, key: RandomKey) -> Tensor {
        let result = Tensor(uninitialized: shape)
        tk_random_normal(key.bits, 0, result.pointer, Int64(shape.count))
        return result * deviation
    }

    /// Draws from a normal distribution about 0 without those beyond `bound` deviations, which are drawn again.
    public static func truncatedNormal(
        _ shape: Shape, deviation: Float, bound: Float = 2, key: RandomKey
    ) -> Tensor {
        var result = normal(shape, deviation: 1, key: key.child(0))
        var attempt: UInt64 = 1
        result.withMutableScalars { target in
            while target.contains(where: { abs($0) > bound }) {
                let fresh = normal(shape, deviation: 1, key: key.child(attempt)).scalars
                for index in target.indices where abs(target[index]) > bound { target[index] = fresh[index] }
                attempt += 1
            }
        }
        return result * deviation
    }
}
