import Foundation
import JSON
import Layers
import Tensors

/// What has been gathered for the next step.
struct PendingStep {
    var gradients = Gradients()
    var batchCount = 0
    var terms: [(name: String, sum: Double)] = []
    var total = 0.0
    var time = Duration.zero
    var dataTime = Duration.zero

    /// Walks back from the losses of a batch.
    mutating func add(_ losses: Losses) {
        let sum = losses.total
        gradients.add(sum.gradients())
        batchCount += 1
        total += Double(sum.scalar)
        for (name, value) in losses.terms {
            if let place = terms.firstIndex(where: { $0.name == name }) {
                terms[place].sum += Double(value.scalar)
            } else {
                terms.append((name, Double(value.scalar)))
            }
        }
    }
}

/// What the log says of a step: losses are means over its batches.
struct StepReport {
    let total: Double
    private let terms: [(name: String, value: Double)]
    private let norm: Double
    private let sampleCount: Int
    private let seconds: Double
    private let dataSeconds: Double

    init(_ step: PendingStep, norm: Double, batchSize: Int) {
        let count = Double(max(step.batchCount, 1))
        total = step.total / count
        terms = step.terms.map { ($0.name, $0.sum / count) }
        self.norm = norm
        sampleCount = step.batchCount * batchSize
        seconds = step.time / .seconds(1)
        dataSeconds = step.dataTime / .seconds(1)
    }

    /// What the progress line says of the step.
    func summary(epoch: Int, rate: Double) -> String {
        String(format: "  epoch %d  loss %.4f  lr %.3g", epoch, total, rate)
    }

    /// The line of the log: the sum of the losses, and each term under its own name. `batch` is the number of the step's
    /// last batch, from 0.
    func entry(step: Int, epoch: Int, batch: Int, rate: Double, _ activity: SourceActivity) -> JSONTree {
        .object(
            [
                ("step", .integer(step)), ("epoch", .integer(epoch)), ("batch", .integer(batch)),
                ("loss", .number(total)),
            ] + terms.map { ($0.name, .number($0.value)) } + [
                ("lr", .number(rate)), ("gradient_norm", .number(norm)), ("step_seconds", .number(seconds)),
                ("data_seconds", .number(dataSeconds)), ("samples_per_second", .number(Double(sampleCount) / seconds)),
            ] + activity.measures.map { ($0.name, .number($0.value)) } + [
                ("time", .number(Date().timeIntervalSince1970))
            ])
    }
}
