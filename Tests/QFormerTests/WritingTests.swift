import BERT
import Layers
import QFormer
import Tensors
import Testing

/// The ways through the Q-Former agree where they must.
struct WritingTests {
    private let configuration = QFormerConfiguration(
        bert: BERTConfiguration(
            vocabularyCount: 20, width: 8, layerCount: 3, headCount: 2, feedForwardWidth: 12, positionCount: 10,
            initializerRange: 0.5),
        imageWidth: 6)
    private let model: QueryingTransformer
    private let queries = Tensor.normal([1, 3, 8], deviation: 1, key: RandomKey(seed: 1))
    private let image = Tensor.normal([2, 4, 6], deviation: 1, key: RandomKey(seed: 2))
    private let text = MaskedTokens(IndexTensor([19, 3, 7, 2, 19, 8, 1, 5], shape: [2, 4]))

    init() { model = QueryingTransformer(configuration, weights: .random(RandomKey(seed: 3))) }

    private func state() -> TextState {
        TextState(
            after: model.encoder(queries, image: model.encoder.memory(of: image), batchCount: 2, .evaluation()))
    }

    private func column(_ index: Int) -> MaskedTokens {
        MaskedTokens(text.ids.slice(axis: 1, from: index, to: index + 1))
    }

    @Test func tokenByTokenEqualsAllAtOnce() {
        var atOnce = state()
        let logits = model.write(text, &atOnce, .evaluation())
        var stepwise = state()
        let steps = (0..<4).map { model.write(column($0), &stepwise, .evaluation()) }
        expectClose(Tensor.concatenating(steps, axis: 1), logits)
    }

    @Test func reorderedRowsContinueAsTheirOrigins() {
        let swap = IndexTensor([1, 0], shape: [2])
        var straight = state()
        _ = model.write(column(0), &straight, .evaluation())
        var swapped = straight
        swapped.reorder(by: swap)
        let expected = model.write(column(1), &straight, .evaluation()).gathering(swap)
        expectClose(model.write(column(1).gathering(swap), &swapped, .evaluation()), expected)
    }

    @Test func paddingChangesNothing() {
        let long = MaskedTokens(
            ids: .concatenating([text.ids, IndexTensor(repeating: 0, shape: [2, 2])], axis: 1),
            mask: .concatenating([text.mask, IndexTensor(repeating: 0, shape: [2, 2])], axis: 1))
        let alone = model.text(text, .evaluation())
        expectClose(model.text(long, .evaluation()).slice(axis: 1, from: 0, to: 4), alone)
        let memory = model.encoder.memory(of: image)
        expectClose(
            model.matched(queries, text: long, image: memory, .evaluation()),
            model.matched(queries, text: text, image: memory, .evaluation()))
    }

    @Test func imagesMayBeRepeatedInMemory() {
        let rows = IndexTensor([1, 0, 1], shape: [3])
        let gathered = model.encoder.memory(of: image).gathering(rows)
        let repeated = model.encoder.memory(of: image.gathering(rows))
        expectClose(
            model.encoder(queries, image: gathered, batchCount: 3, .evaluation()).hidden,
            model.encoder(queries, image: repeated, batchCount: 3, .evaluation()).hidden)
    }
}

func expectClose(_ actual: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
    let difference = (actual - expected).sumOfSquares().squareRoot() / expected.sumOfSquares().squareRoot()
    #expect(difference < 1e-5, sourceLocation: sourceLocation)
}
