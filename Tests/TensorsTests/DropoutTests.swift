import Tensors
import TestSupport
import Testing

/// Dropout on tensors and on attention probabilities: what is kept, what it becomes, what flows back.
@Suite struct DropoutTests {
    private let key = RandomKey(seed: 11)
    private let rate: Float = 0.25

    @Test func theShareKeptIsTheRates() {
        let kept = Tensor(repeating: 1, shape: [100, 1000]).dropout(rate: rate, key: key).scalars
        #expect(kept.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
        let share = Double(kept.filter { $0 != 0 }.count) / 100_000
        #expect(abs(share - 0.75) < 0.007)
    }

    @Test func theResultAndItsGradientAreMasked() throws {
        let input = Parameter(noise([5, 37], seed: 1))
        let mask = Tensor(repeating: 1, shape: [5, 37]).dropout(rate: rate, key: key, firstSample: 4)
        let found = evaluate(
            { $0[0].dropout(rate: rate, key: key, firstSample: 4) }, at: Operands(parameters: [input]))
        expectClose(found[0], input.value * mask, within: 0)
        expectClose(found[1], cotangent(of: [5, 37]) * mask, within: 0)
    }

    @Test func aBatchInPartsIsMaskedAsTheWhole() {
        let input = noise([7, 3, 11], seed: 1)
        let whole = input.dropout(rate: rate, key: key, firstSample: 20)
        let parts = [(0, 2), (2, 3), (3, 7)].map { start, end in
            input.slice(axis: 0, from: start, to: end).dropout(rate: rate, key: key, firstSample: 20 + start)
        }
        expectSameBits(.concatenating(parts, axis: 0), whole)
    }

    @Test func noRateIsNoChangeAndKeysDiffer() {
        let input = noise([7, 33], seed: 1)
        expectSameBits(input.dropout(rate: 0, key: key), input)
        let one = input.dropout(rate: rate, key: key.child(1)).scalars
        #expect(one != input.dropout(rate: rate, key: key.child(2)).scalars)
        #expect(one == input.dropout(rate: rate, key: key.child(1)).scalars)
    }

    @Test func attentionProbabilitiesAreMaskedAfterTheSoftmax() {
        let probabilities = self.probabilities(dropout: nil)
        let dropped = self.probabilities(dropout: AttentionDropout(rate: rate, key: key))
        var kept = 0
        for (after, before) in zip(dropped.scalars, probabilities.scalars) where after != 0 {
            kept += 1
            #expect(abs(after - before / (1 - rate)) < 1e-6)
        }
        #expect(abs(Double(kept) / Double(dropped.count) - 0.75) < 0.04)
    }

    @Test func attentionInPartsOfABatchIsMaskedAsTheWhole() {
        let operands = (0..<3).map { noise([5, 9, 12], seed: $0 + 1) }
        func attended(_ start: Int, _ end: Int) -> Tensor {
            let parts = operands.map { $0.slice(axis: 0, from: start, to: end) }
            return attend(
                query: parts[0], key: parts[1], value: parts[2], headCount: 3, scale: 0.5,
                dropout: AttentionDropout(rate: rate, key: key, firstSample: 10 + start))
        }
        expectSameBits(.concatenating([attended(0, 2), attended(2, 5)], axis: 0), attended(0, 5))
    }

    @Test func attentionWithDropoutAndBiasIsDifferentiated() {
        let inputs = [noise([2, 5, 12], seed: 1), noise([2, 7, 12], seed: 2), noise([2, 7, 12], seed: 3)]
        let bias = noise([3, 5, 7], seed: 4)
        let dropout = AttentionDropout(rate: rate, key: key, firstSample: 3)
        expectGradients(at: inputs + [bias], "attention with dropout") {
            attend(
                query: $0[0].value, key: $0[1].value, value: $0[2].value, headCount: 3, scale: 0.6, bias: $0[3].value,
                dropout: dropout)
        }
        expectGradients(at: [noise([2, 5, 36], seed: 1), bias.slice(axis: 2, from: 0, to: 5)], "fused") {
            attend(fused: $0[0].value, headCount: 3, scale: 0.6, bias: $0[1].value, dropout: dropout)
        }
    }

    @Test func fusedAndSeparateOperandsAttendAlike() {
        let fused = noise([3, 17, 3 * 24], seed: 1)
        let parts = fused.split(axis: -1, sizes: [24, 24, 24])
        let dropout = AttentionDropout(rate: rate, key: key)
        expectSameBits(
            attend(fused: fused, headCount: 4, scale: 0.4, dropout: dropout),
            attend(query: parts[0], key: parts[1], value: parts[2], headCount: 4, scale: 0.4, dropout: dropout))
    }

    /// Attention whose values are the identity in each head, so that the result is the probabilities.
    private func probabilities(dropout: AttentionDropout?) -> Tensor {
        let (batch, heads, keys) = (3, 2, 16)
        let identity = Tensor(
            (0..<batch * keys * heads * keys).map { place in
                let (key, column) = (place / (heads * keys) % keys, place % keys)
                return key == column ? 1 : 0
            }, shape: [batch, keys, heads * keys])
        return attend(
            query: noise([batch, 9, heads * keys], seed: 1), key: noise([batch, keys, heads * keys], seed: 2),
            value: identity, headCount: heads, scale: 1, dropout: dropout)
    }
}
