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

/// Keys and values from step to step.
struct KeyValueCacheTests {
    private func tokens(_ values: [Float]) -> Tensor { Tensor(values, shape: [2, values.count / 2, 1]) }

    @Test func stepsAreJoinedAndRowsReordered() {
        var cache = KeyValueCache(layerCount: 1)
        #expect(cache.tokenCount == 0)
        _ = cache.append(key: tokens([1, 2, 3, 4]), value: tokens([-1, -2, -3, -4]), layer: 0)
        cache.reorder(by: IndexTensor([1, 0], shape: [2]))
        cache.reorder(by: IndexTensor([0, 0], shape: [2]))
        let copy = cache
        let all = cache.append(key: tokens([5, 6]), value: tokens([-5, -6]), layer: 0)
        #expect(all.key.scalars == [3, 4, 5, 3, 4, 6])
        #expect(all.value.scalars == [-3, -4, -5, -3, -4, -6])
        #expect(cache.tokenCount == 3 && copy.tokenCount == 2)
    }

    /// Each layer's memory serves the next one, and each step's the next step.
    @Test func stepsTakeNoMemoryOfTheirOwn() async {
        await #expect(processExitsWith: .success) {
            var cache = KeyValueCache(layerCount: 6)
            func step(_ tokens: Int, rows: Int) {
                let new = Tensor(zeros: [rows, tokens, 3000])
                for layer in 0..<6 { _ = cache.append(key: new, value: new, layer: layer) }
            }
            step(33, rows: 1)
            cache.reorder(by: IndexTensor([0, 0, 0], shape: [3]))
            for _ in 0..<2 {
                step(1, rows: 3)
                cache.reorder(by: IndexTensor([2, 0, 1], shape: [3]))
            }
            let settled = StoragePool.statistics
            for _ in 0..<27 {
                step(1, rows: 3)
                cache.reorder(by: IndexTensor([2, 0, 1], shape: [3]))
            }
            #expect(cache.tokenCount == 62)
            #expect(StoragePool.statistics.systemAllocationCount == settled.systemAllocationCount)
            let largest = 3 * 64 * 3000 * 4
            #expect(settled.systemByteCount < 12 * largest * 5 / 4 + 4 * largest)
        }
    }
}
