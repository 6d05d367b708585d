import Tensors

/// Numbers in -1..<1 that depend on nothing but the shape and the seed, made without the kernels under test.
public func noise(_ shape: Shape, seed: UInt64) -> Tensor {
    var numbers = SeededNumbers(seed: seed &* 0x9e37_79b9_7f4a_7c15 &+ 1)
    return Tensor((0..<shape.count).map { _ in Float(numbers.next() >> 40) / Float(1 << 23) - 1 }, shape: shape)
}

/// Whole numbers in `0..<end` made in the same way.
public func noise(_ shape: Shape, below end: Int, seed: UInt64) -> IndexTensor {
    var numbers = SeededNumbers(seed: seed &* 0x9e37_79b9_7f4a_7c15 &+ 2)
    return IndexTensor((0..<shape.count).map { _ in Int32(numbers.next() % UInt64(end)) }, shape: shape)
}
