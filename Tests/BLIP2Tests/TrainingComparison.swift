import Checkpoints
import JSON
import Layers
import Tensors
import Testing
import Training

/// An optimizer run of the original: the losses of every step, and the weights after the last.
struct TrainingComparison {
    private let oracle: OracleCase
    private let model: OracleModel
    private let lossTolerance: Double
    private let moveTolerance: Double

    /// T5's steep softmaxes let rounding grow: the weights that PyTorch trains through it in float32 are up to 3e-3 of their
    /// way off from those in float64, and the losses up to 3e-6.
    init(_ oracle: OracleCase, _ model: OracleModel) throws {
        self.oracle = oracle
        self.model = model
        let isSteep = try oracle.splits != nil
        lossTolerance = isSteep ? TransformersFolder.steepTolerance : 1e-5
        moveTolerance = isSteep ? 1e-2 : 1e-3
    }

    func run(_ tally: inout Tally) throws {
        guard let run = try oracle.training() else { return }
        let file = try oracle.recorded("train.safetensors")
        let before = Dictionary(
            model.module.trainableParameters.map {
                ($0.name, Tensor($0.parameter.value.scalars, shape: $0.parameter.shape))
            },
            uniquingKeysWith: { first, _ in first })
        var optimizer = try optimizer(run)
        let decaying = optimizer.parameters.filter { !decays($0) }.map(\.name)
        tally.expect(
            "name lists", "\(oracle.name) no decay", decaying.sorted(),
            equals: try run["no_decay_params"].array.map { try $0.string }.sorted())
        let schedule = try schedule(run)
        var faint = FaintElements()
        for (index, step) in try run["steps"].array.enumerated() {
            let losses = model.losses(try batch(run, step, file), .evaluation(draws: try draws(step, index, file)))
            try compare(losses, step, index, &tally)
            let rate = schedule(try step["epoch"].int, try step["iter"].int)
            tally.expect(
                "rates", "\(oracle.name) step \(index)", share: abs(rate / (try step["lr"].double) - 1) / 1e-9)
            let gradients = losses.total.gradients()
            faint.note(gradients, model.module)
            optimizer.step(gradients, rate: rate)
        }
        try compareWeights(before, file, faint, &tally)
        #expect(try run["steps"].array.map { $0 }.count > 0, "\(oracle.name): the optimizer run has no step")
    }

    private func optimizer(_ run: JSONValue) throws -> AdamW {
        let betas = try run["betas"].array.map { Float(try $0.double) }
        try #require(betas.count == 2, "\(oracle.name): AdamW has two betas")
        return AdamW(
            model.module, weightDecay: Float(try run["weight_decay"].double),
            coefficients: AdamWCoefficients(beta1: betas[0], beta2: betas[1], epsilon: Float(try run["eps"].double)))
    }

    private func schedule(_ run: JSONValue) throws -> Schedule {
        Schedules.warmupCosineByEpoch(
            peak: try run["init_lr"].double, minimum: try run["min_lr"].double,
            warmupStart: try run["warmup_lr"].double, warmupSteps: try run["warmup_steps"].int,
            epochs: try run["max_epoch"].int)
    }

    /// The inputs of a step; for T5 the draws of the step split its texts.
    private func batch(_ run: JSONValue, _ step: JSONValue, _ file: SafetensorsFile) throws -> OracleModel.Batch {
        let index = try step["batch"].int
        let image = "in/image_\(index)"
        return try OracleModel.Batch(
            try run["batches"].array[index].array.map { try $0.string },
            pixels: file.names.contains(image) ? try file.tensor(named: image) : nil,
            wordCounts: try oracle.splits == nil ? nil : step["randint"].array.map { try $0.int },
            oracle)
    }

    private func draws(_ step: JSONValue, _ index: Int, _ file: SafetensorsFile) throws -> RecordedDraws {
        RecordedDraws(
            masks: try oracle.masks(file, prefix: "step\(index)_"), negatives: try step["multinomial"].int32s)
    }

    private func compare(_ losses: Losses, _ step: JSONValue, _ index: Int, _ tally: inout Tally) throws {
        for member in try step.object where member.key.hasPrefix("loss") && !member.value.isNull {
            let value = member.key == "loss" ? losses.total : losses[member.key]
            tally.expect(
                "losses of training", "\(oracle.name) step \(index) \(member.key)", value?.reshaped(to: []),
                Tensor(Float(try member.value.double)), within: lossTolerance)
        }
    }

    /// Weights whose gradients are zero but for rounding are left out: AdamW magnifies the rounding.
    private func compareWeights(
        _ before: [String: Tensor], _ file: SafetensorsFile, _ faint: FaintElements, _ tally: inout Tally
    ) throws {
        let gradients = try GradientRule(try oracle.recorded())
        let parameters = Dictionary(
            model.module.namedParameters.map { ($0.name, $0.parameter) }, uniquingKeysWith: { first, _ in first })
        let names = file.names.filter { $0.hasPrefix("after/") }
        let compared = names.filter { !gradients.isNegligible(String($0.dropFirst("after/".count))) }
        #expect(compared.count * 2 > names.count, "\(oracle.name): most weights after training are left out")
        for name in compared {
            let own = String(name.dropFirst("after/".count))
            let expected = try file.tensor(named: name)
            let label = "\(oracle.name) \(own)"
            guard let start = before[own],
                let actual = tally.sameShape("trained weights", label, parameters[own]?.value.detached(), expected)
            else { continue }
            let kept = faint.others(than: own, count: expected.count)
            #expect(kept.count * 2 >= expected.count, "\(label): most elements are left out")
            func picked(_ tensor: Tensor) -> Tensor {
                let scalars = tensor.scalars
                return Tensor(kept.map { scalars[$0] }, shape: [kept.count])
            }
            let moved = difference(picked(expected), picked(start))
            tally.expect(
                "trained weights", label,
                share: difference(picked(actual), picked(expected)) / (moveTolerance * moved))
        }
    }
}

/// The elements of weights whose gradient was, in some step, all but lost in the rounding of the others' (units that
/// hardly ever answer have such): AdamW magnifies it.
private struct FaintElements {
    private static let share = 1e-3

    private var places: [String: Set<Int>] = [:]

    mutating func note(_ gradients: Gradients, _ module: any Module) {
        for (name, parameter) in module.trainableParameters {
            guard let gradient = gradients[parameter] else { continue }
            let limit = Float(Self.share * size(gradient))
            for (place, element) in gradient.scalars.enumerated() where element != 0 && abs(element) < limit {
                places[name, default: []].insert(place)
            }
        }
    }

    func others(than name: String, count: Int) -> [Int] {
        (0..<count).filter { places[name]?.contains($0) != true }
    }
}

extension JSONValue {
    var int32s: [Int32] {
        get throws { try array.map { Int32(clamping: try $0.int) } }
    }
}
