import Foundation
import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing

/// Rounded to 8 bits, a model of a published model's width whose layers have channels far above the others predicts the
/// same tokens; by rounding that does not keep such channels apart it would not.
struct Int8QualityTests {
    private static let configuration = OPTConfiguration(
        vocabularyCount: 1000, width: 2560, layerCount: 2, headCount: 32, feedForwardWidth: 2560, positionCount: 64,
        initializerRange: 0.02)
    private static let prompts = MaskedTokens(noise([24, 10], below: 1000, seed: 5))

    /// A random model in which six input channels of each matrix of a layer are scaled by 20 to 100.
    private static func model() -> OPT {
        let model = OPT(configuration, weights: .random(RandomKey(seed: 3)))
        var numbers = SeededNumbers(seed: 17)
        for (name, parameter) in model.namedParameters where name.contains(".layers.") && parameter.shape.rank == 2 {
            let width = parameter.shape[1]
            for _ in 0..<6 {
                let column = Int.random(in: 0..<width, using: &numbers)
                let factor = Float.random(in: 20...100, using: &numbers)
                parameter.update { scalars in
                    for row in 0..<scalars.count / width { scalars[row * width + column] *= factor }
                }
            }
        }
        model.freeze()
        return model
    }

    private static func logProbabilities(_ model: OPT) -> Tensor {
        withoutGradients { model.begin(prefix: nil, prompt: prompts, .evaluation()).logits.logSoftmax() }
    }

    /// The mean Kullback-Leibler divergence of the rows, in nats.
    private static func divergence(_ actual: Tensor, from expected: Tensor) -> Double {
        let terms = zip(expected.scalars, actual.scalars).map { exp(Double($0)) * (Double($0) - Double($1)) }
        return terms.reduce(0, +) / Double(expected.shape[0])
    }

    @Test func channelsFarAboveTheOthersDoNotSpoilTheOthers() {
        let model = Self.model()
        let expected = Self.logProbabilities(model)
        let weights = model.namedParameters.map { (parameter: $0.parameter, value: $0.parameter.value) }
        for (name, parameter) in model.namedParameters where name.contains(".layers.") && parameter.shape.rank == 2 {
            parameter.storage = PlainInt8Weights.rounding(parameter.value)
        }
        let spoilt = Self.divergence(Self.logProbabilities(model), from: expected)
        for (parameter, value) in weights { parameter.value = value }
        model.store(as: .int8)
        let stored = model.namedParameters.compactMap { $0.parameter.storage as? Int8Weights }
        #expect(stored.filter { $0.outlierColumns.count >= 5 }.count == 2 * 6)
        let kept = Self.divergence(Self.logProbabilities(model), from: expected)
        print("Int8QualityTests: divergence \(kept) nats, without columns apart \(spoilt)")
        #expect(kept > 0 && kept < 0.01)
        #expect(spoilt > 5 * 0.01)
    }

    private enum PlainInt8Weights {
        /// All columns alike.
        static func rounding(_ matrix: Tensor) -> Int8Weights {
            let (rows, width) = (matrix.shape[0], matrix.shape[1])
            let elements = matrix.scalars
            var levels: [Int8] = []
            var scales: [Float] = []
            for row in 0..<rows {
                let own = elements[row * width..<(row + 1) * width]
                let scale = (own.map { abs($0) }.max() ?? 0) / 127
                scales.append(scale)
                levels += own.map { Int8(($0 / scale).rounded()) }
            }
            let bytes = LevelBytes(levels)
            return Int8Weights(
                levels: Int8Weights.Levels(bytes: bytes.raw, owner: bytes), scales: Tensor(scales, shape: [rows]),
                inputs: width)
        }
    }
}

private final class LevelBytes: @unchecked Sendable {
    let raw: UnsafeRawBufferPointer

    init(_ levels: [Int8]) {
        raw = levels.withUnsafeBytes { source in
            let target = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
            target.copyMemory(from: source)
            return UnsafeRawBufferPointer(target)
        }
    }

    deinit { raw.deallocate() }
}
