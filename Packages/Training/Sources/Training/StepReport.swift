import Foundation
import Layers
import Tensors

/// What has been gathered for the next step.
struct PendingStep<Batch> {
    private(set) var batches: [Batch] = []
    var gradients = Gradients()
    var losses = LossMeans()
    var time = Duration.zero
    private(set) var dataTime = Duration.zero

    /// Waits for a batch.
    mutating func take(_ next: () throws -> Batch) rethrows {
        let began = ContinuousClock.now
        batches.append(try next())
        dataTime += ContinuousClock.now - began
        time += ContinuousClock.now - began
    }

    /// Walks back from the losses of a batch; for the last one of a step on several processes, averages the gradients of
    /// all over them.
    mutating func add(_ losses: Losses, averagedBy averaging: GradientAveraging?) {
        if let averaging {
            gradients = averaging.gradients(of: losses.total, addedTo: gradients)
        } else {
            gradients.add(losses.total.gradients())
        }
        self.losses.add(losses)
    }
}

/// What the log says of a step: losses are means over its batches.
struct StepReport {
    /// The sum of the losses.
    let total: Double
    private let terms: [(name: String, value: Double)]
    private let norm: Double
    private let sampleCount: Int
    private let seconds: Double
    private let dataSeconds: Double

    init(_ step: PendingStep<some Any>, norm: Double, batchSize: Int) {
        total = step.losses.total
        terms = step.losses.terms
        self.norm = norm
        sampleCount = step.batches.count * batchSize
        seconds = step.time / .seconds(1)
        dataSeconds = step.dataTime / .seconds(1)
    }

    /// What the progress line says of the step.
    func summary(epoch: Int, rate: Double) -> String {
        String(format: "  epoch %d  loss %.4f  lr %.3g", epoch, total, rate)
    }

    /// The numbers of the step by name: the sum of the losses, each term under its own name, and how it went.
    func numbers(rate: Double) -> [(name: String, value: Double)] {
        [("loss", total)] + terms + [
            ("lr", rate), ("gradient_norm", norm), ("step_seconds", seconds), ("data_seconds", dataSeconds),
            ("samples_per_second", Double(sampleCount) / seconds),
            ("peak_memory_bytes", Double(ProcessMemory.peakByteCount)),
        ]
    }
}
