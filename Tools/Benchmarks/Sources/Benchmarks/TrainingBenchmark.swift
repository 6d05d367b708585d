import ArgumentParser
import Layers
import Tensors
import Training

/// Full training steps of three small models, beside PyTorch in eager mode.
struct TrainingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Full training steps (forward, backward, AdamW) of a small ViT, Q-Former and OPT, beside PyTorch.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Only this model: vit, qformer or opt.")
    var model: String?

    mutating func run() throws {
        _ = options.begin("Training steps")
        let peer = try options.interpreter.map {
            try Peer("training.py", interpreter: $0, arguments: ["\(ThreadPool.threadCount)"])
        }
        print(
            """
            Float32, batches of 32, width 128, 4 layers, 4 heads, no dropout; milliseconds a step of forward, backward \
            and AdamW; medians of \(options.rounds) rounds. \(peer?.name ?? "No Python with torch was given"), eager; \
            the ratio is to its better AdamW.

            """)
        let table = Table("model", "forward", "step", "PyTorch plain", "fused", "ratio")
        for (name, title, make) in Self.models where model == nil || model == name {
            let side = TrainingSide(make())
            var sides: [Side] = [side.forward, side.steps]
            if let peer { sides += ["plain", "fused"].map { kind in { try peer.ask("\(name) \(kind) 5") } } }
            let times = try takingTurns(rounds: options.rounds, sides)
            let best = times.dropFirst(2).min()
            table.row(
                [title] + times.map(milliseconds) + (best == nil ? ["", ""] : [])
                    + [best.map { ratio($0 / times[1]) } ?? ""])
        }
    }

    private static let models: [(name: String, title: String, make: @Sendable () -> any TrainingModel)] = [
        ("vit", "ViT, 65 tokens", { TrainingModels.ViT() }),
        ("qformer", "Q-Former, 16 queries, 65 keys", { TrainingModels.QFormer() }),
        ("opt", "OPT, 32 tokens of 1000", { TrainingModels.OPT() }),
    ]
}

/// A model in training.
private final class TrainingSide {
    private let model: any TrainingModel
    private var optimizer: AdamW

    init(_ model: any TrainingModel) {
        self.model = model
        optimizer = AdamW(model, weightDecay: 0.05)
    }

    /// Seconds of a forward pass alone.
    func forward() -> Double { meanSeconds(over: 0.1) { withoutGradients { _ = model.loss() } } }

    /// Seconds of a full step.
    func steps() -> Double { meanSeconds(over: 0.25) { optimizer.step(model.loss().gradients(), rate: 1e-4) } }
}
