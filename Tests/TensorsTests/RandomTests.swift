import Foundation
import Tensors
import Testing

/// Draws are fixed for ever: the values here were computed from the definition in random.h by other means.
@Suite struct RandomTests {
    private let key = RandomKey(seed: 42)

    @Test func bitsAreThoseOfTheDefinition() {
        let expected: [UInt64] = [
            0xcc7d_534a_3475_378e, 0xbf62_19d9_2f3a_6f56, 0xa846_11a0_1235_e45f, 0xffb9_e6f7_3ca1_edd6,
        ]
        #expect((0..<4).map { key.bits(at: $0) } == expected)
        #expect((0..<2).map { key.child(7).bits(at: $0) } == [0xd3cd_1f56_3fe2_bae4, 0xb39a_44ab_345c_04db])
        #expect((0..<2).map { key.child("dropout").bits(at: $0) } == [0xac67_e460_fd43_c314, 0x5245_b0e6_cdf8_024c])
        var sequence = RandomSequence(key)
        #expect((0..<4).map { _ in sequence.next() } == expected)
    }

    @Test func uniformDrawsAreThoseOfTheDefinition() {
        let expected: [Float] = [0.20491356, 0.7987873, 0.18448538, 0.7475906, 0.071134806, 0.6573191]
        #expect(Tensor.uniform([6], in: 0...1, key: key).scalars == expected)
        #expect((0..<6).map { key.uniform(at: $0) } == expected)
    }

    @Test func normalDrawsAreThoseOfTheDefinition() {
        let expected: [Float] = [0.18736116, 0.64359686, 0.30518948, 0.69904134, 0.8260763, 0.39594081]
        for (drawn, value) in zip(Tensor.normal([6], deviation: 1, key: key).scalars, expected) {
            #expect(abs(drawn - value) < 1e-6)
        }
    }

    @Test func aLongTensorBeginsAsAShortOne() {
        let long = Tensor.normal([100_003], deviation: 1, key: key).scalars
        #expect(Array(long.prefix(1001)) == Tensor.normal([1001], deviation: 1, key: key).scalars)
        let uniform = Tensor.uniform([100_003], in: 0...1, key: key).scalars
        #expect(uniform[77_777] == key.uniform(at: 77_777))
    }

    @Test func uniformDrawsFillTheirRangeEvenly() {
        let scalars = Tensor.uniform([200_000], in: -2...3, key: key).scalars.map(Double.init)
        #expect(scalars.allSatisfy { $0 >= -2 && $0 < 3 })
        let moments = Moments(scalars)
        #expect(abs(moments.mean - 0.5) < 0.015)
        #expect(abs(moments.variance - 25 / 12) < 0.02)
        var buckets = [Int](repeating: 0, count: 20)
        for scalar in scalars { buckets[Int((scalar + 2) * 4)] += 1 }
        let chiSquare = buckets.reduce(0.0) { $0 + pow(Double($1) - 10_000, 2) / 10_000 }
        #expect(chiSquare < 43.8, "19 degrees of freedom: 43.8 is exceeded once in a thousand keys")
    }

    @Test func normalDrawsHaveTheMomentsOfANormalDistribution() {
        let scalars = Tensor.normal([200_000], deviation: 2, key: key).scalars.map { Double($0) / 2 }
        let moments = Moments(scalars)
        #expect(abs(moments.mean) < 0.01)
        #expect(abs(moments.variance - 1) < 0.015)
        #expect(abs(moments.skewness) < 0.03)
        #expect(abs(moments.kurtosis - 3) < 0.06)
        let beyond = Double(scalars.filter { abs($0) > 1.959964 }.count) / 200_000
        #expect(abs(beyond - 0.05) < 0.003)
    }

    @Test func neighboursAndKeysAreUncorrelated() {
        let one = Tensor.normal([100_000], deviation: 1, key: key).scalars.map(Double.init)
        let other = Tensor.normal([100_000], deviation: 1, key: key.child(1)).scalars.map(Double.init)
        let next = Tensor.normal([100_000], deviation: 1, key: RandomKey(seed: 43)).scalars.map(Double.init)
        for (left, right) in [
            (one[...], one.dropFirst()), (one[...], one.dropFirst(2)), (one[...], other[...]),
            (one[...], next[...]),
        ] {
            let correlation = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } / 100_000
            #expect(abs(correlation) < 0.013)
        }
    }

    @Test func truncatedDrawsStayWithinTheBound() {
        let scalars = Tensor.truncatedNormal([50_000], deviation: 0.02, key: key).scalars.map { Double($0) / 0.02 }
        #expect(scalars.allSatisfy { abs($0) <= 2.000001 })
        let moments = Moments(scalars)
        #expect(abs(moments.mean) < 0.02)
        #expect(abs(moments.variance - 0.7737) < 0.02)
        #expect(scalars.contains { abs($0) > 1.95 })
    }

    @Test func childrenDiffer() {
        let keys = [
            key, key.child(0), key.child(1), key.child(0).child(1), key.child(1).child(0), key.child(""),
            key.child("a"), key.child("b"), key.child("ab"), key.child("a").child("b"), RandomKey(seed: 43),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map { $0.bits(at: 0) }).count == keys.count)
    }
}

private struct Moments {
    let mean, variance, skewness, kurtosis: Double

    init(_ values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        func central(_ order: Double) -> Double { values.reduce(0) { $0 + pow($1 - mean, order) } / count }
        self.mean = mean
        variance = central(2)
        skewness = central(3) / pow(central(2), 1.5)
        kurtosis = central(4) / pow(central(2), 2)
    }
}
