import Foundation
import JSON
import Layers
import Tensors
import Training

/// Two layers with dropout between them, and a frozen one behind.
final class ToyModel: Module {
    let first: Linear
    let second: Linear
    let teacher: Linear

    init(seed: UInt64 = 1) {
        let weights = InitialWeights.random(RandomKey(seed: seed))
        first = Linear(inputs: 4, outputs: 16, weights: weights.child("first"))
        second = Linear(inputs: 16, outputs: 3, weights: weights.child("second"))
        teacher = Linear(inputs: 4, outputs: 3, weights: .random(RandomKey(seed: 99)))
        teacher.freeze()
    }

    var parts: KeyValuePairs<String, any ModulePart> { ["first": first, "second": second, "teacher": teacher] }

    func callAsFunction(_ input: Tensor, _ context: Context) -> Tensor {
        let hidden = context.within("first").record(first(input, activation: .gelu))
        return context.within("second").record(second(Dropout(rate: 0.25)(hidden, context)))
    }
}

/// Fits the frozen layer, with a second loss term that keeps the output small.
struct ToyStage: Stage {
    let model: ToyModel
    var module: any Module { model }

    func losses(on batch: Tensor, _ context: Context) -> Losses {
        let output = model(batch, context)
        return Losses([
            ("loss_fit", output.meanSquaredError(to: model.teacher(batch))),
            ("loss_size", output.squared().mean() * 0.01),
        ])
    }
}

/// Batches of normal draws; 10 to an epoch.
struct ToyBatches: BatchSource {
    var batchSize = 8
    var batchesPerEpoch = 10
    /// Called before each batch is made.
    var before: (Int) -> Void = { _ in }

    func batch(_ number: Int) -> Tensor {
        before(number)
        // Samples are numbered, so that smaller batches make up the same data.
        let samples = (0..<batchSize).map { row in
            Tensor.normal([1, 4], deviation: 1, key: RandomKey(seed: 5).child(UInt64(number * batchSize + row)))
        }
        return Tensor.concatenating(samples, axis: 0)
    }
}

/// 25 batches in two and a half epochs.
func toyOptions(
    batchCount: Int = 25, accumulatedBatches: Int = 1, dividesAccumulated: Bool = true, clippingNorm: Double? = nil,
    settings: [(name: String, value: String)] = []
) -> TrainingOptions {
    TrainingOptions(
        batchCount: batchCount,
        schedule: Schedules.warmupCosineByEpoch(
            peak: 1e-2, minimum: 1e-3, warmupStart: 1e-4, warmupSteps: 6, epochs: 3),
        weightDecay: 0.05, seed: 3, accumulatedBatches: accumulatedBatches,
        dividesAccumulated: dividesAccumulated, clippingNorm: clippingNorm, checkpointInterval: 4,
        settings: settings)
}

/// A folder that is gone when the test ends.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// The bits of all trained weights.
func bits(_ model: ToyModel) -> [UInt32] {
    model.trainableParameters.flatMap { $0.parameter.value.scalars.map(\.bitPattern) }
}

/// The lines of a run's log that describe steps.
func steps(in folder: URL) throws -> [JSONValue] {
    let text = try String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { try JSONDocument(parsing: $0.utf8, name: "log.jsonl").root }
        .filter { try $0.optional("step") != nil }
}

/// The text of the error that `body` throws, with the folder's path taken out.
func message(in folder: URL, _ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)".replacingOccurrences(of: folder.path, with: "run")
    }
}
