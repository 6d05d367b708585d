import Tensors
import TestSupport
import Testing

/// What is remembered for gradients, and what flows through.
@Suite struct TapeTests {
    private let weight = Parameter(noise([3, 5], seed: 1))
    private let outer = Parameter(noise([2, 3], seed: 2))
    private let input = noise([4, 5], seed: 3)

    @Test func aFrozenWeightGetsNoGradientButPassesItOn() throws {
        outer.isFrozen = true
        let frozen = linear(linear(input, weight, activation: .gelu), outer).squared().sum().gradients()
        #expect(frozen[outer] == nil)
        outer.isFrozen = false
        let free = linear(linear(input, weight, activation: .gelu), outer).squared().sum().gradients()
        #expect(free[outer] != nil)
        expectSameBits(try #require(frozen[weight]), try #require(free[weight]))
    }

    @Test func nothingIsRememberedForFrozenWeightsOnly() {
        weight.isFrozen = true
        #expect(!linear(input, weight).needsGradient)
        #expect(!weight.value.needsGradient)
        weight.isFrozen = false
        #expect(linear(input, weight).needsGradient)
    }

    @Test func nothingIsRememberedWithoutGradients() {
        let result = withoutGradients { linear(input, weight) * outer.value.sum() }
        #expect(!result.needsGradient)
        #expect((result + weight.value.sum()).needsGradient)
    }

    @Test func nothingFlowsThroughADetachedTensor() throws {
        let features = linear(input, weight)
        let gradients = (features.detached() * features).sum().gradients()
        let stopped = (features.detached() * linear(input, weight)).sum().gradients()
        expectSameBits(try #require(gradients[weight]), try #require(stopped[weight]))
        #expect(features.detached().sum().gradients()[weight] == nil)
    }

    @Test func aParameterUsedTwiceGetsTheSum() throws {
        let value = weight.value
        let gradient = (value * value + weight.value * 3).sum().gradients()[weight]
        expectClose(try #require(gradient), weight.value.detached() * 2 + 3, within: 1e-6)
    }

    @Test func aParameterThatDoesNotTakePartHasNoGradient() {
        let gradients = linear(input, weight).sum().gradients()
        #expect(gradients[outer] == nil)
    }

    @Test func gradientsAddScaleAndHaveANorm() throws {
        var sum = (weight.value * 2).sum().gradients()
        sum.add((weight.value.sum() + outer.value.sum() * 4).gradients())
        expectClose(try #require(sum[weight]), Tensor(repeating: 3, shape: [3, 5]), within: 0)
        sum.scale(by: 0.5)
        expectClose(try #require(sum[outer]), Tensor(repeating: 2, shape: [2, 3]), within: 0)
        #expect(abs(sum.norm(of: [weight, outer]) - (15 * 2.25 + 6 * 4).squareRoot()) < 1e-9)
        #expect(abs(sum.norm(of: [outer]) - 24.squareRoot()) < 1e-9)
    }

    @Test func aLongChainNeitherOverflowsTheStackNorLosesTheGradient() throws {
        let number = Parameter(Tensor([1, 2], shape: [2]))
        var chain = number.value
        for _ in 0..<50_000 { chain = chain + 0.5 }
        let gradient = chain.sum().gradients()[number]
        expectClose(try #require(gradient), Tensor([1, 1], shape: [2]), within: 0)
    }

    @Test func aLongChainIsLetGoOfWithoutGradientsBeingTaken() {
        let number = Parameter(Tensor([1, 2], shape: [2]))
        var chain = number.value
        for _ in 0..<50_000 { chain = chain + 0.5 }
        #expect(chain.needsGradient)
    }

    @Test func assigningAValueKeepsTheIdentity() throws {
        weight.value = input.slice(axis: 0, from: 0, to: 3)
        let gradient = weight.value.squared().sum().gradients()[weight]
        expectClose(try #require(gradient), input.slice(axis: 0, from: 0, to: 3) * 2, within: 1e-6)
    }

    @Test func changingAValueInPlaceLeavesEarlierCopiesAlone() {
        let before = weight.value.detached()
        let copy = Tensor(before.scalars, shape: before.shape)
        weight.update { scalars in scalars.update(repeating: 7) }
        expectSameBits(before, copy)
        expectClose(weight.value, Tensor(repeating: 7, shape: [3, 5]), within: 0)
    }
}
