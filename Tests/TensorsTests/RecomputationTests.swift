import Tensors
import Testing

/// What is computed again on the way back has the values and gradients of what was kept, to the bit.
struct RecomputationTests {
    private let first = Parameter(.normal([8, 6], deviation: 1, key: RandomKey(seed: 1)))
    private let second = Parameter(.normal([6, 8], deviation: 1, key: RandomKey(seed: 2)))
    private let start = Parameter(.normal([5, 6], deviation: 1, key: RandomKey(seed: 3)))

    private func block(_ input: Tensor) -> Tensor {
        input + linear(linear(input, first, activation: .gelu), second)
    }

    /// A stack of two blocks that share their weights, and what lies before and behind it.
    private func gradients(recomputing isRecomputing: Bool) -> (value: UInt32, gradients: [[UInt32]?]) {
        var stream = start.value * 0.5
        for _ in 0..<2 {
            stream = isRecomputing ? stream.recomputed(using: [first, second], block) : block(stream)
        }
        let loss = stream.squared().mean()
        let value = loss.scalar.bitPattern
        let gradients = loss.gradients()
        return (value, [start, first, second].map { gradients[$0]?.scalars.map(\.bitPattern) })
    }

    @Test func gradientsAreEqualToTheBit() {
        let (kept, again) = (gradients(recomputing: false), gradients(recomputing: true))
        #expect(kept.value == again.value)
        #expect(kept.gradients == again.gradients)
        #expect(kept.gradients.allSatisfy { $0 != nil })
    }

    @Test func frozenPartsGetNoGradientAndLetItThrough() {
        first.isFrozen = true
        defer { first.isFrozen = false }
        let (kept, again) = (gradients(recomputing: false), gradients(recomputing: true))
        #expect(kept.gradients == again.gradients)
        #expect(again.gradients[0] != nil && again.gradients[1] == nil && again.gradients[2] != nil)
    }

    @Test func whatNeedsNoGradientIsNotRemembered() {
        let input = Tensor.normal([5, 6], deviation: 1, key: RandomKey(seed: 4))
        for parameter in [first, second] { parameter.isFrozen = true }
        defer { for parameter in [first, second] { parameter.isFrozen = false } }
        #expect(!input.recomputed(using: [first, second], block).needsGradient)
        for parameter in [first, second] { parameter.isFrozen = false }
        // The input is a constant: the weights get their gradients all the same.
        let gradients = input.recomputed(using: [first, second], block).sum().gradients()
        let expected = block(input).sum().gradients()
        #expect(gradients[first]?.scalars == expected[first]?.scalars && gradients[first] != nil)
        #expect(withoutGradients { !start.value.recomputed(using: [first, second], block).needsGradient })
    }
}
