import Checkpoints
import JSON
import Layers
import Tensors
import Testing

/// Activations, losses and gradients of the recorded forward and backward pass.
struct ForwardComparison {
    private static let activationTolerance = 1e-5
    private static let lossTolerance = 1e-5

    private let oracle: OracleCase
    private let model: OracleModel
    private let file: SafetensorsFile

    init(_ oracle: OracleCase, _ model: OracleModel) throws {
        self.oracle = oracle
        self.model = model
        file = try oracle.recorded()
    }

    /// Recorded values that are not compared here, and why.
    private static func reasonToLeaveOut(_ name: String) -> String? {
        if name.hasPrefix("in/") || name.hasPrefix("tok/") || name.hasPrefix("rand/") { return "an input" }
        if name.hasPrefix("feat/") || name.hasPrefix("ret/") { return "compared by FeatureComparison" }
        return nil
    }

    func run(_ tally: inout Tally) throws {
        let recorder = Recorder()
        let draws = try oracle.draws()
        let losses = model.losses(try OracleModel.Batch(oracle), .evaluation(draws: draws, recorder: recorder))
        #expect(draws.areUsedUp, "\(oracle.name): not all recorded draws were asked for")
        let before = tally.total
        try compareNames(&tally)
        try compareActivations(recorder.tensors, &tally)
        try compareLosses(losses, &tally)
        try GradientRule(file).compare(losses.total.gradients(), model.module, file, oracle.name, &tally)
        let wanted = file.names.filter { Self.reasonToLeaveOut($0) == nil }.count
        #expect(tally.total - before >= wanted, "\(oracle.name): fewer values compared than recorded")
    }

    /// The names of what trains, in the original's order.
    private func compareNames(_ tally: inout Tally) throws {
        guard let expected = try oracle.meta.optional("trainable")?.array.map({ try $0.string }) else { return }
        tally.expect("name lists", oracle.name, model.module.trainableParameters.map(\.name), equals: expected)
    }

    private func compareActivations(_ recorded: [String: Tensor], _ tally: inout Tally) throws {
        var recorded = recorded
        addUnusedPooling(&recorded)
        for name in file.names where name.hasPrefix("act/") {
            let own = String(name.dropFirst("act/".count))
            tally.expect(
                "activations", "\(oracle.name) \(own)", recorded[own], try file.tensor(named: name),
                within: own.hasPrefix("t5_model") ? TransformersFolder.steepTolerance : Self.activationTolerance)
        }
    }

    /// The original runs the P-Former's pooler over all tokens as well and drops the result, so that the pooler's
    /// first recorded call is one that we do not make.
    private func addUnusedPooling(_ recorded: inout [String: Tensor]) {
        guard file.names.contains("act/Pformer.pooler#1/out"), let used = recorded["Pformer.pooler#0/out"],
            let hidden = recorded["Pformer.encoder#0/last_hidden_state"]
        else { return }
        let weights = Dictionary(
            model.module.namedParameters.map { ($0.name, $0.parameter) }, uniquingKeysWith: { first, _ in first })
        recorded["Pformer.pooler#1/out"] = used
        recorded["Pformer.pooler#0/out"] = weights["Pformer.pooler.0.weight"].map {
            linear(hidden, $0, bias: weights["Pformer.pooler.0.bias"], activation: .tanh)
        }
    }

    private func compareLosses(_ losses: Losses, _ tally: inout Tally) throws {
        for name in file.names where name.hasPrefix("loss/") {
            let own = String(name.dropFirst("loss/".count))
            let value = own == "loss" ? losses.total : losses[own]
            tally.expect(
                "losses", "\(oracle.name) \(own)", value?.reshaped(to: []),
                try file.tensor(named: name).reshaped(to: []),
                within: Self.lossTolerance)
        }
        for unweighted in try oracle.meta["mse_align_unweighted"].array {
            let weight = try oracle.argument("loss_weight")?.double ?? 1
            let expected = Tensor(Float(try unweighted.double * weight))
            tally.expect(
                "losses", "\(oracle.name) loss_align", losses["loss_align"]?.reshaped(to: []), expected,
                within: Self.lossTolerance)
        }
    }
}

/// How close gradients must be: a share of the reference's norm, plus a little of the largest in the case, scaled by
/// size. Those that are zero but for rounding, as of key biases, need only be small.
struct GradientRule {
    private static let relativeTolerance = 1e-4
    private static let absoluteTolerance = 1e-7
    private static let negligible = 1e-6

    private let sizes: [String: Double]
    private let median: Double
    private let largest: Double

    init(_ file: SafetensorsFile) throws {
        var sizes: [String: Double] = [:]
        for name in file.names where name.hasPrefix("grad/") {
            sizes[String(name.dropFirst("grad/".count))] = size(try file.tensor(named: name))
        }
        let sorted = sizes.values.sorted()
        self.sizes = sizes
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        largest = sorted.last ?? 0
    }

    /// Whether the gradient of a weight is zero but for rounding.
    func isNegligible(_ name: String) -> Bool { sizes[name].map { $0 < Self.negligible * median } ?? false }

    func compare(
        _ gradients: Gradients, _ module: any Module, _ file: SafetensorsFile, _ caseName: String, _ tally: inout Tally
    ) throws {
        let parameters = Dictionary(
            module.namedParameters.map { ($0.name, $0.parameter) }, uniquingKeysWith: { first, _ in first })
        for name in sizes.keys.sorted() {
            let expected = try file.tensor(named: "grad/" + name)
            let found = parameters[name].flatMap { gradients[$0] }
            let label = "\(caseName) \(name)"
            if isNegligible(name) {
                guard let actual = tally.sameShape("zero gradients", label, found, expected) else { continue }
                tally.expect("zero gradients", label, share: size(actual) / (Self.negligible * median))
                continue
            }
            guard let actual = tally.sameShape("gradients", label, found, expected) else { continue }
            let allowed =
                Self.relativeTolerance * norm(expected)
                + Self.absoluteTolerance * largest * Double(expected.count).squareRoot()
            tally.expect("gradients", label, share: difference(actual, expected) / allowed)
        }
    }
}
