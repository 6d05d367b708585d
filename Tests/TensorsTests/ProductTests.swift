import Tensors
import TestSupport
import Testing

/// Products at the borders of what the kernels treat apart - panels, blocks of rows, cuts of a sum, tiles, few rows -
/// against sums in double precision.
@Suite struct ProductTests {
    struct Extents: Sendable, CustomTestStringConvertible {
        let m: Int
        let n: Int
        let k: Int

        var testDescription: String { "\(m) x \(n) x \(k)" }
    }

    /// m rows, n columns, sums of k.
    static let extents = [
        (1, 1, 1), (1, 3, 9), (2, 131, 17), (5, 1000, 128), (8, 66, 515), (9, 66, 515), (13, 16, 640), (47, 86, 669),
        (64, 64, 64), (65, 32, 65), (97, 129, 321), (128, 128, 2080), (193, 65, 31), (512, 10, 128), (1153, 33, 40),
        (37, 1030, 1031),
    ].map { Extents(m: $0.0, n: $0.1, k: $0.2) }

    @Test(arguments: extents) func equalsSumsInDoublePrecision(_ extents: Extents) {
        let (m, n, k) = (extents.m, extents.n, extents.k)
        let left = noise([m, k], seed: 1)
        let right = noise([k, n], seed: 2)
        let expected = exactProduct(left, right)
        for (transposesLeft, transposesRight) in [(false, false), (false, true), (true, false), (true, true)] {
            let product = (transposesLeft ? left.transposed([1, 0]) : left).matrixProduct(
                transposesRight ? right.transposed([1, 0]) : right, transposingSelf: transposesLeft,
                transposingOther: transposesRight)
            expectClose(product, expected, within: 2e-6, "transposed: \(transposesLeft), \(transposesRight)")
        }
    }

    @Test(arguments: extents) func biasAndActivationComeAfterTheSum(_ extents: Extents) {
        let (m, n, k) = (extents.m, extents.n, extents.k)
        let input = noise([m, k], seed: 1)
        let weight = noise([n, k], seed: 2)
        let bias = noise([n], seed: 3)
        let sums = exactProduct(input, weight.transposed([1, 0])).scalars
        let shifts = bias.scalars
        let expected = Tensor(sums.enumerated().map { max($1 + shifts[$0 % n], 0) }, shape: [m, n])
        let weights = (weight: Parameter(weight), bias: Parameter(bias))
        let result = linear(input, weights.weight, bias: weights.bias, activation: .relu)
        expectClose(result, expected, within: 2e-6, "linear")
    }

    /// An element must not depend on how many rows are multiplied with it, wherever the same kernel serves both.
    @Test func rowsDoNotDependOnEachOther() {
        let left = noise([517, 128], seed: 1)
        let right = noise([128, 96], seed: 2)
        let all = left.matrixProduct(right)
        let some = left.slice(axis: 0, from: 100, to: 331).matrixProduct(right)
        expectSameBits(some, all.slice(axis: 0, from: 100, to: 331), "231 rows of 517")
    }

    private func exactProduct(_ left: Tensor, _ right: Tensor) -> Tensor {
        let (m, k, n) = (left.shape[0], left.shape[1], right.shape[1])
        let (a, b) = (left.scalars, right.scalars)
        var sums = [Double](repeating: 0, count: m * n)
        for row in 0..<m {
            for step in 0..<k {
                let factor = Double(a[row * k + step])
                for column in 0..<n { sums[row * n + column] += factor * Double(b[step * n + column]) }
            }
        }
        return Tensor(sums.map { Float($0) }, shape: [m, n])
    }
}
