import Layers
import Tensors
import Testing

/// Which keys each kind of mask hides.
struct AttentionMaskTests {
    private let mask = IndexTensor([1, 1, 1, 0, 1, 1, 1, 1], shape: [2, 4])

    @Test func paddingIsHiddenFromEveryQuery() {
        let bias = AttentionMask.padding(mask, .tenThousand)
        #expect(bias?.shape == [2, 1, 1, 4])
        #expect(bias?.scalars == [0, 0, 0, -10000, 0, 0, 0, 0])
        #expect(AttentionMask.padding(IndexTensor(repeating: 1, shape: [2, 4]), .lowest) == nil)
    }

    @Test func causalMasksHideWhatComesLaterAndPadding() {
        let hidden = -Float.greatestFiniteMagnitude
        let bias = AttentionMask.causal(mask, queryCount: 2, .lowest)
        #expect(bias?.shape == [2, 1, 2, 4])
        #expect(bias?.scalars == [0, 0, 0, hidden, 0, 0, 0, hidden, 0, 0, 0, hidden, 0, 0, 0, 0])
    }

    @Test func withoutPaddingOneMaskServesAllRows() {
        let all = IndexTensor(repeating: 1, shape: [5, 3])
        let bias = AttentionMask.causal(all, queryCount: 3, .tenThousand)
        #expect(bias?.shape == [1, 1, 3, 3])
        #expect(bias?.scalars == [0, -10000, -10000, 0, 0, -10000, 0, 0, 0])
        #expect(AttentionMask.causal(all, queryCount: 1, .tenThousand) == nil)
    }
}
