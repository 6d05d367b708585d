import Layers
import Tensors

/// Finds where the numbers of a step stopped being finite.
struct FiniteGuard {
    let parameters: [NamedParameter]
    /// The step under way, from 1.
    let step: Int

    /// Throws an error if a loss is not finite. It names the first parameter that is not, else the first intermediate
    /// value that is not when the pass is made again, else the loss.
    ///
    /// - Parameters:
    ///   - losses: what the pass gave
    ///   - replay: makes the same pass again with a recorder
    func check(_ losses: Losses, replay: (Recorder) throws -> Losses) throws {
        guard let bad = losses.terms.first(where: { !$0.value.isFinite() }) else { return }
        let loss = "\(bad.name) is not finite"
        if let weight = parameters.first(where: { !$0.parameter.value.isFinite() }) {
            throw error("\(loss); the weight \(weight.name) is not finite either")
        }
        let recorder = Recorder()
        _ = try withoutGradients { try replay(recorder) }
        let values = recorder.tensors
        guard let layer = recorder.names.first(where: { values[$0]?.isFinite() == false }) else { throw error(loss) }
        throw error("\(loss); the first value that is not finite is \(layer)")
    }

    /// Throws an error if a gradient is not finite. Going back from the loss the last weight of the model comes first, so
    /// that one is named.
    func check(_ gradients: Gradients, norm: Double) throws {
        if norm.isFinite { return }
        let bad = parameters.filter { gradients[$0.parameter]?.isFinite() == false }
        guard let last = bad.last else { throw error("the norm of all gradients together overflows") }
        let others = bad.count > 1 ? ", and \(bad.count - 1) in front of it" : ""
        throw error("the gradient of \(last.name) is not finite\(others)")
    }

    private func error(_ what: String) -> TrainingError { .notFinite(what: what, step: step) }
}
