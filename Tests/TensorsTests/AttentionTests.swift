import Foundation
import Tensors
import TestSupport
import Testing

/// Attention of few queries, whose scores are dot products with the keys as they lie, and of many, whose keys are packed.
@Suite struct AttentionTests {
    struct Extents: CustomTestStringConvertible {
        let queries, keys, headWidth: Int
        var testDescription: String { "\(queries) queries, \(keys) keys, heads of \(headWidth)" }
    }

    /// Keys in fours and left over, heads of whole vectors and with a rest, as many queries as count as few and more.
    static let extents = [
        Extents(queries: 1, keys: 1, headWidth: 4), Extents(queries: 1, keys: 60, headWidth: 80),
        Extents(queries: 1, keys: 7, headWidth: 13), Extents(queries: 2, keys: 62, headWidth: 88),
        Extents(queries: 4, keys: 9, headWidth: 64), Extents(queries: 5, keys: 9, headWidth: 64),
        Extents(queries: 100, keys: 33, headWidth: 24),
    ]
    private static let (batch, heads, scale) = (2, 3, Float(0.3))

    @Test(arguments: extents)
    func equalsTheSumsWrittenOut(_ extents: Extents) {
        let (query, key, value, bias) = operands(extents)
        let result = attend(
            query: query, key: key, value: value, headCount: Self.heads, scale: Self.scale, bias: bias)
        expectClose(result, expected(query, key, value, bias, extents), within: 1e-6)
    }

    @Test(arguments: [Extents(queries: 1, keys: 6, headWidth: 5), Extents(queries: 3, keys: 9, headWidth: 8)])
    func derivativesOfFewQueries(_ extents: Extents) {
        let (query, key, value, bias) = operands(extents)
        expectGradients(at: [query, key, value, bias], "few queries") {
            attend(
                query: $0[0].value, key: $0[1].value, value: $0[2].value, headCount: Self.heads, scale: Self.scale,
                bias: $0[3].value)
        }
    }

    private func operands(_ e: Extents) -> (query: Tensor, key: Tensor, value: Tensor, bias: Tensor) {
        let width = Self.heads * e.headWidth
        return (
            noise([Self.batch, e.queries, width], seed: 1), noise([Self.batch, e.keys, width], seed: 2),
            noise([Self.batch, e.keys, width], seed: 3), noise([Self.batch, 1, 1, e.keys], seed: 4)
        )
    }

    /// In double precision, a query after the other.
    private func expected(_ query: Tensor, _ key: Tensor, _ value: Tensor, _ bias: Tensor, _ e: Extents) -> Tensor {
        let (q, k, v, shifts) = (query.scalars, key.scalars, value.scalars, bias.scalars)
        let width = Self.heads * e.headWidth
        var result = [Float](repeating: 0, count: q.count)
        for row in 0..<Self.batch * e.queries {
            let first = row / e.queries * e.keys
            for head in 0..<Self.heads {
                let columns = head * e.headWidth..<(head + 1) * e.headWidth
                let weights = (0..<e.keys).map { place in
                    let score = columns.reduce(0.0) {
                        $0 + Double(q[row * width + $1]) * Double(k[(first + place) * width + $1])
                    }
                    return exp(score * Double(Self.scale) + Double(shifts[first + place]))
                }
                let total = weights.reduce(0, +)
                for column in columns {
                    let sum = (0..<e.keys).reduce(0.0) { $0 + weights[$1] * Double(v[(first + $1) * width + column]) }
                    result[row * width + column] = Float(sum / total)
                }
            }
        }
        return Tensor(result, shape: query.shape)
    }
}
