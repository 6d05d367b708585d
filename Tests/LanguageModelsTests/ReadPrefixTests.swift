import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing

/// Vectors that are read once for several prompts give what they give when they are read with each.
struct ReadPrefixTests {
    private static let prefixCount = 5

    private func opt(_ layout: OPTConfiguration.Layout) -> OPT {
        OPT(
            OPTConfiguration(
                vocabularyCount: 40, width: 24, layerCount: 2, headCount: 3, feedForwardWidth: 32, positionCount: 60,
                initializerRange: 0.4,
                layout: layout), weights: .random(RandomKey(seed: 7)))
    }

    private func t5() -> T5 {
        T5(
            T5Configuration(
                vocabularyCount: 40, width: 24, headWidth: 8, feedForwardWidth: 32, encoderLayerCount: 2,
                decoderLayerCount: 2, headCount: 3), weights: .random(RandomKey(seed: 8)))
    }

    /// Prompts of unequal length, padded with 1: for a decoder on the left, for an encoder, whose positions are relative to
    /// the vectors in front, on the right.
    private let lengths = [6, 2, 4]
    private func prompts(for model: some LanguageModel) -> MaskedTokens {
        let isLeft = model is OPT
        let width = lengths.max() ?? 0
        let ids = noise([lengths.count, width], below: 40, seed: 3).scalars
        let mask = lengths.flatMap { length in
            (0..<width).map { Int32((isLeft ? $0 >= width - length : $0 < length) ? 1 : 0) }
        }
        return MaskedTokens(
            ids: IndexTensor(zip(ids, mask).map { $1 == 0 ? 1 : $0 }, shape: [lengths.count, width]),
            mask: IndexTensor(mask, shape: [lengths.count, width]))
    }

    private func row(_ number: Int, for model: some LanguageModel) -> MaskedTokens {
        let all = prompts(for: model).ids.row(number)
        let ids = Array(model is OPT ? all.suffix(lengths[number]) : all.prefix(lengths[number]))
        return MaskedTokens(IndexTensor(ids, shape: [1, ids.count]))
    }

    private func expectSameLogits(_ model: some LanguageModel, _ name: String) {
        withoutGradients {
            let vectors = noise([2, Self.prefixCount, model.width], seed: 1)
            // Two prompts are about the second picture, one about the first.
            let rows = IndexTensor([1, 0, 1], shape: [3])
            var together = model.begin(prefix: vectors.gathering(rows), prompt: prompts(for: model), .evaluation())
            let read = model.read(vectors, .evaluation())
            #expect(read.batchCount == 2 && read.vectorCount == Self.prefixCount)
            var apart = model.begin(after: read.gathering(rows), prompt: prompts(for: model), .evaluation())
            expectClose(apart.logits, together.logits, within: 1e-5, "\(name), first")
            for step in 0..<3 {
                let tokens = IndexTensor([Int32(step), 9, Int32(20 + step)], shape: [3])
                expectClose(
                    apart.decoding.advance(tokens), together.decoding.advance(tokens), within: 1e-5, "\(name), \(step)")
            }
        }
    }

    @Test func logitsAreTheSame() {
        expectSameLogits(opt(.preNorm), "OPT")
        expectSameLogits(opt(.postNorm(wordWidth: 16)), "OPT with norms behind")
        expectSameLogits(t5(), "T5")
    }

    /// Where padding does not count, a text is what it is alone, its score too.
    @Test(arguments: [1, 3], [GenerationConvention.lavis, .huggingFace(imageToken: 39)])
    func textsDoNotDependOnTheBatch(beams: Int, convention: GenerationConvention) throws {
        for model in [opt(.preNorm) as any LanguageModel, t5()] {
            var options = GenerationOptions(
                beamCount: beams, maximumNewTokens: 8, minimumLength: 5, lengthPenalty: -1, repetitionPenalty: 1.4,
                end: 4, padding: 1, convention: convention, countsPadding: false)
            let vectors = noise([3, Self.prefixCount, model.width], seed: 2)
            let read = withoutGradients { model.read(vectors, .evaluation()) }
            let together = model.generate(after: read, prompt: prompts(for: model), options: options)
            for number in lengths.indices {
                let own = IndexTensor([Int32(number)], shape: [1])
                options.countsPadding = true
                let alone = model.generate(
                    prefix: vectors.gathering(own), prompt: row(number, for: model), options: options)[0][0]
                options.countsPadding = false
                #expect(together[number][0].newIDs == alone.newIDs, "\(model.family), \(number)")
                guard let score = together[number][0].score, let expected = alone.score else { continue }
                #expect(abs(score - expected) < 1e-4 * abs(expected), "\(model.family), \(number)")
            }
        }
    }
}
