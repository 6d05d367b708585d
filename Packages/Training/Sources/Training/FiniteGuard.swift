import Layers
import Tensors

/// Finds where numbers stopped being finite.
enum FiniteGuard {
    /// Throws an error that names the first loss term that is not finite.
    static func check(_ losses: [(name: String, value: Double)], step: Int) throws {
        for (name, value) in losses where !value.isFinite {
            throw TrainingError.notFinite(what: "the loss \(name)", step: step)
        }
    }

    /// Throws an error that names the first parameter, in the model's order, whose gradient is not finite.
    static func check(
        _ gradients: Gradients, of parameters: [(name: String, parameter: Parameter)], norm: Double, step: Int
    ) throws {
        if norm.isFinite { return }
        for (name, parameter) in parameters {
            if let gradient = gradients[parameter], !gradient.isFinite() {
                throw TrainingError.notFinite(what: "the gradient of \(name)", step: step)
            }
        }
        throw TrainingError.notFinite(what: "the norm of all gradients together", step: step)
    }
}
