import Layers
import Tensors

/// The reference's rule for which weights decay: none with fewer than two axes, and none whose name contains "bias",
/// "ln" or "bn" (`lavis/runners/runner_base.py` at 7e633e0).
///
/// Quirk: the rule reads names, so query tokens, position tables and embeddings decay.
public func decays(_ name: String, _ parameter: Parameter) -> Bool {
    parameter.shape.rank >= 2 && !["bias", "ln", "bn"].contains { name.contains($0) }
}

/// AdamW with decoupled weight decay over the named parameters of a model, in PyTorch's order of operations.
public struct AdamW: Sendable {
    /// The coefficients of the moments.
    public let coefficients: AdamWCoefficients
    /// The decay of weights that decay, as a factor of the learning rate.
    public let weightDecay: Float
    /// Steps taken so far.
    public internal(set) var stepCount = 0
    /// The parameters being trained, in the model's order.
    public let parameters: [(name: String, parameter: Parameter)]
    var moments: [String: AdamWMoments] = [:]

    /// An optimizer for the parameters of a model that are not frozen.
    public init(_ module: any Module, weightDecay: Float, coefficients: AdamWCoefficients = AdamWCoefficients()) {
        self.coefficients = coefficients
        self.weightDecay = weightDecay
        self.parameters = module.namedParameters.filter { !$0.parameter.isFrozen }
    }

    /// One step. A parameter without a gradient stays as it is, as in PyTorch.
    public mutating func step(_ gradients: Gradients, rate: Double) {
        stepCount += 1
        for (name, parameter) in parameters {
            guard let gradient = gradients[parameter] else { continue }
            var own = moments.removeValue(forKey: name) ?? AdamWMoments(zeros: parameter.shape)
            parameter.stepAdamW(
                gradient: gradient, moments: &own, coefficients: coefficients, rate: Float(rate),
                decay: decays(name, parameter) ? weightDecay : 0, step: stepCount)
            moments[name] = own
        }
    }
}
