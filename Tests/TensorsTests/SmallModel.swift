import Tensors
import TestSupport

/// A transformer block between tied embeddings, and its training step: every kernel that training uses, at small size.
final class SmallModel {
    private static let (batch, tokens, width, vocabularyCount) = (6, 33, 48, 101)
    private let table = Parameter(noise([vocabularyCount, width], seed: 21) * 0.2)
    private let positions = Parameter(noise([tokens, width], seed: 22) * 0.2)
    private let normWeight = Parameter(Tensor(repeating: 1, shape: [width]))
    private let normBias = Parameter(Tensor(zeros: [width]))
    private let projection = Parameter(noise([3 * width, width], seed: 23) * 0.2)
    private let projectionBias = Parameter(Tensor(zeros: [3 * width]))
    private let output = Parameter(noise([width, width], seed: 24) * 0.2)
    private let inner = Parameter(noise([4 * width, width], seed: 25) * 0.2)
    private let innerBias = Parameter(Tensor(zeros: [4 * width]))
    private let outer = Parameter(noise([width, 4 * width], seed: 26) * 0.1)
    private var moments: [AdamWMoments]

    /// Every weight, in a fixed order.
    let weights: [Parameter]

    init() {
        weights = [
            table, positions, normWeight, normBias, projection, projectionBias, output, inner, innerBias, outer,
        ]
        moments = weights.map { AdamWMoments(zeros: $0.shape) }
    }

    /// The loss of a batch with dropout.
    func loss(step: Int) -> Tensor {
        let key = RandomKey(seed: 7).child(UInt64(step))
        let ids = noise([Self.batch, Self.tokens + 1], below: Self.vocabularyCount, seed: UInt64(step) + 30)
        let inputs = ids.slice(axis: 1, from: 0, to: Self.tokens)
        let labels = ids.slice(axis: 1, from: 1, to: Self.tokens + 1)
        var hidden = embed(inputs, table) + positions.value
        let normalized = layerNorm(hidden, normWeight, normBias, epsilon: 1e-5)
        let attended = attend(
            fused: linear(normalized, projection, bias: projectionBias), headCount: 4, scale: 0.28,
            dropout: AttentionDropout(rate: 0.1, key: key.child(1)))
        hidden += linear(attended, output).dropout(rate: 0.1, key: key.child(2))
        hidden += linear(linear(hidden, inner, bias: innerBias, activation: .gelu), outer)
        return linear(hidden, table).crossEntropy(labels, ignoring: 0, smoothing: 0.1)
    }

    /// One step of AdamW; returns the loss before it.
    @discardableResult
    func train(step: Int) -> Float {
        let loss = loss(step: step)
        let gradients = loss.gradients()
        for (number, weight) in weights.enumerated() {
            guard let gradient = gradients[weight] else { continue }
            weight.stepAdamW(
                gradient: gradient, moments: &moments[number], coefficients: AdamWCoefficients(), rate: 1e-3,
                decay: 0.05, step: step)
        }
        return loss.scalar
    }
}
