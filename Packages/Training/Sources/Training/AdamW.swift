import Layers
import Tensors

/// AdamW with decoupled weight decay over the parameters of a model that are not frozen, in PyTorch's arithmetic.
///
/// A parameter without a gradient is left alone, and its bias correction counts only the steps it took part in, as in
/// `torch.optim.AdamW`.
public struct AdamW: Sendable {
    /// The coefficients of the moments.
    public let coefficients: AdamWCoefficients
    /// The decay of weights that decay, as a factor of the learning rate.
    public let weightDecay: Float
    /// The parameters being trained, in the model's order.
    public let parameters: [NamedParameter]
    /// Steps taken so far.
    public internal(set) var stepCount = 0
    private let decay: [Float]
    /// What is kept for each parameter, in the same order; nil for those that had no gradient yet.
    var states: [State?]

    /// What is kept for a parameter.
    struct State: Sendable {
        var moments: AdamWMoments
        var stepCount: Int
    }

    /// An optimizer for the parameters of a model that are not frozen.
    public init(_ module: some Module, weightDecay: Float, coefficients: AdamWCoefficients = AdamWCoefficients()) {
        self.coefficients = coefficients
        self.weightDecay = weightDecay
        parameters = module.trainableParameters
        decay = parameters.map { decays($0) ? weightDecay : 0 }
        states = Array(repeating: nil, count: parameters.count)
    }

    /// One step.
    public mutating func step(_ gradients: Gradients, rate: Double) {
        stepCount += 1
        for (index, weight) in parameters.enumerated() {
            guard let gradient = gradients[weight.parameter] else { continue }
            // Taken out of the array, so that the moments are changed in place.
            var state = states[index] ?? State(moments: AdamWMoments(zeros: gradient.shape), stepCount: 0)
            states[index] = nil
            state.stepCount += 1
            weight.parameter.stepAdamW(
                gradient: gradient, moments: &state.moments, coefficients: coefficients, rate: Float(rate),
                decay: decay[index], step: state.stepCount)
            states[index] = state
        }
    }
}
