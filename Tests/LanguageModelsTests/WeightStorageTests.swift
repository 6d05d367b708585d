import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing

/// A storage type that only this file's neighbour knows runs through OPT: reading, writing, and gradients for what
/// stands in front of the text.
struct WeightStorageTests {
    private let sizes = OPTConfiguration(
        vocabularyCount: 53, width: 36, layerCount: 2, headCount: 3, feedForwardWidth: 70, positionCount: 40,
        initializerRange: 0.2)
    private let text = MaskedTokens(
        ids: IndexTensor(rows: [[2, 9, 14, 30, 4], [2, 22, 51, 4, 1]]),
        mask: IndexTensor(rows: [[1, 1, 1, 1, 1], [1, 1, 1, 1, 0]]))
    private let prefix = noise([2, 4, 36], seed: 8)

    /// All matrices as nibbles; and a model with the same numbers in float32.
    private func models() -> (stored: OPT, dense: OPT) {
        let weights = InitialWeights.random(RandomKey(seed: 4))
        let (stored, dense) = (OPT(sizes, weights: weights), OPT(sizes, weights: weights))
        for (one, other) in zip(stored.namedParameters, dense.namedParameters) where one.parameter.shape.rank == 2 {
            let nibbles = NibbleWeights(rounding: one.parameter.value)
            one.parameter.storage = nibbles
            other.parameter.value = nibbles.dense()
        }
        return (stored, dense)
    }

    private func loss(_ model: OPT, _ prefix: Tensor) -> Tensor {
        model.loss(prefix: prefix, text: text, labels: text.labels(), .evaluation())
    }

    @Test func everyMatrixIsStoredInAQuarterOfTheBytes() {
        let matrices = models().stored.namedParameters.map(\.parameter).filter { $0.shape.rank == 2 }
        #expect(matrices.count == 2 + 2 * 6)
        for matrix in matrices {
            #expect(matrix.storage is NibbleWeights && matrix.isFrozen)
            #expect(matrix.byteCount * 4 < matrix.shape.count * 4)
        }
    }

    @Test func roundingKeepsElementsToHalfAStep() {
        let matrix = noise([7, 37], seed: 1)
        let error = zip(NibbleWeights(rounding: matrix).dense().scalars, matrix.scalars).map { abs($0 - $1) }.max()
        #expect(error.map { $0 > 0.01 && $0 <= 0.5 / 7 + 1e-6 } == true)
    }

    @Test func lossAndGradientAreThoseOfTheSameNumbersInFloat32() throws {
        let (stored, dense) = models()
        let parameter = Parameter(prefix)
        let results = [stored, dense].map { model in
            let loss = loss(model, parameter.value)
            return (loss: loss.detached(), gradient: loss.gradients()[parameter])
        }
        expectClose(results[0].loss, results[1].loss, within: 1e-5)
        let gradient = try #require(results[1].gradient)
        #expect(gradient.sumOfSquares() > 1e-6)
        expectClose(try #require(results[0].gradient), gradient, within: 1e-5)
    }

    @Test func roundingMattersAndTheModelStillReads() {
        let rounded = loss(models().stored, prefix).scalar
        let exact = loss(OPT(sizes, weights: .random(RandomKey(seed: 4))), prefix).scalar
        #expect(rounded != exact)
        #expect(abs(rounded - exact) < 0.1 * exact)
    }

    @Test func textsAreThoseOfTheSameNumbersInFloat32() {
        let (stored, dense) = models()
        let prompt = MaskedTokens(IndexTensor(rows: [[2], [2]]))
        for beamCount in [1, 3] {
            let options = GenerationOptions(
                beamCount: beamCount, maximumNewTokens: 12, minimumLength: 6, end: 4, padding: 1)
            let texts = [stored, dense].map { model in
                model.generate(prefix: prefix, prompt: prompt, options: options).map { $0.map(\.ids) }
            }
            #expect(texts[0] == texts[1])
            #expect(texts[0].allSatisfy { $0[0].count > 5 })
        }
    }
}
