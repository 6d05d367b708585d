import Tensors

/// Numbers in -1..<1 that depend on nothing but the shape and the seed, made without the kernels under test.
public func noise(_ shape: Shape, seed: UInt64) -> Tensor {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    return Tensor((0..<shape.count).map { _ in Float(nextBits(&state) >> 40) / Float(1 << 23) - 1 }, shape: shape)
}

/// Whole numbers in `0..<end` made in the same way.
public func noise(_ shape: Shape, below end: Int, seed: UInt64) -> IndexTensor {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 2
    return IndexTensor((0..<shape.count).map { _ in Int32(nextBits(&state) % UInt64(end)) }, shape: shape)
}

/// SplitMix64. Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014.
private func nextBits(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
}
