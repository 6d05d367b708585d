import Layers
import Tensors
import TestSupport
import Testing

/// Keys and values from step to step.
struct KeyValueCacheTests {
    private static let (width, heads, scale) = (12, 3, Float(0.4))

    /// Keys and values of all texts written out, as they would be without a cache.
    private struct WrittenOut {
        var key: Tensor?
        var value: Tensor?

        mutating func append(_ newKey: Tensor, _ newValue: Tensor) {
            key = key.map { .concatenating([$0, newKey], axis: 1) } ?? newKey
            value = value.map { .concatenating([$0, newValue], axis: 1) } ?? newValue
        }

        mutating func reorder(by texts: IndexTensor) {
            key = key?.gathering(texts)
            value = value?.gathering(texts)
        }
    }

    /// Two prompts of five tokens become three texts each, which change places at every step; one step brings more tokens
    /// than the kernel for few queries takes.
    @Test func attentionEqualsThatToTextsWrittenOut() throws {
        var cache = KeyValueCache(layerCount: 2)
        var texts = [WrittenOut(), WrittenOut()]
        let orders: [[Int32]] = [[0, 0, 0, 1, 1, 1], [2, 0, 0, 5, 4, 4], [0, 1, 2, 3, 3, 5], [1, 1, 1, 4, 3, 5]]
        var batch = 2
        for (step, tokens) in [5, 1, 6, 1, 2].enumerated() {
            for layer in 0..<2 {
                let seed = UInt64(10 * step + 5 * layer)
                let shape: Shape = [batch, tokens, Self.width]
                let (key, value) = (noise(shape, seed: seed), noise(shape, seed: seed + 1))
                let query = noise(shape, seed: seed + 2)
                cache.append(key: key, value: value, layer: layer)
                texts[layer].append(key, value)
                let bias = noise([batch, 1, tokens, cache.tokenCount], seed: seed + 3)
                let expected = attend(
                    query: query, key: try #require(texts[layer].key), value: try #require(texts[layer].value),
                    headCount: Self.heads, scale: Self.scale, bias: bias)
                let result = cache.attend(
                    query: query, layer: layer, headCount: Self.heads, scale: Self.scale, bias: bias)
                expectClose(result, expected, within: 1e-6)
            }
            guard step < orders.count else { break }
            let order = IndexTensor(orders[step], shape: [6])
            batch = 6
            cache.reorder(by: order)
            for layer in 0..<2 { texts[layer].reorder(by: order) }
        }
        #expect(cache.tokenCount == 15)
    }

    @Test func copiesGoOnApart() {
        let token = noise([1, 1, Self.width], seed: 1), other = noise([1, 1, Self.width], seed: 2)
        var cache = KeyValueCache(layerCount: 1)
        cache.append(key: token, value: token, layer: 0)
        var copy = cache
        copy.append(key: other, value: other, layer: 0)
        cache.append(key: token, value: token, layer: 0)
        #expect(cache.tokenCount == 2 && copy.tokenCount == 2)
        func attended(_ cache: KeyValueCache) -> [Float] {
            cache.attend(query: token, layer: 0, headCount: 1, scale: 0, bias: nil).scalars
        }
        #expect(attended(cache) == token.scalars)
        #expect(attended(copy) == ((token + other) * 0.5).scalars)
    }

    /// A step writes its own tokens and nothing else: what was there stays where it is.
    @Test func stepsTakeNoMemoryOfTheirOwn() async {
        await #expect(processExitsWith: .success) {
            var cache = KeyValueCache(layerCount: 6)
            func step(_ tokens: Int, rows: Int) {
                let new = Tensor(zeros: [rows, tokens, 3000])
                for layer in 0..<6 { cache.append(key: new, value: new, layer: layer) }
            }
            step(33, rows: 1)
            cache.reorder(by: IndexTensor([0, 0, 0], shape: [3]))
            step(1, rows: 3)
            let settled = StoragePool.statistics
            for _ in 0..<9 {
                step(1, rows: 3)
                cache.reorder(by: IndexTensor([2, 0, 1], shape: [3]))
            }
            #expect(cache.tokenCount == 43)
            #expect(StoragePool.statistics == settled)
            for _ in 0..<20 { step(1, rows: 3) }
            let tables = 12 * (33 + 3 * 30) * 3000 * 4
            #expect(StoragePool.statistics.systemByteCount < tables * 3 / 2)
        }
    }
}
