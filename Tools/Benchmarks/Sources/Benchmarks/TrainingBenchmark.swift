import ArgumentParser
import Foundation
import Layers
import Tensors
import Training

/// Full training steps of three models, beside PyTorch in eager mode.
struct TrainingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Full training steps (forward, backward, AdamW) of a ViT, a Q-Former and an OPT, beside PyTorch.")

    enum Size: String, ExpressibleByArgument {
        case small, intermediate

        var sizes: TrainingSizes { self == .small ? .small : .intermediate }
    }

    enum Model: String, ExpressibleByArgument, CaseIterable {
        case vit, qformer, opt
    }

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Only this model: vit, qformer or opt.")
    var model: Model?

    @Option(help: "small or intermediate: width 128 in 4 layers, or ViT-S/16, a Q-Former of its width and OPT-125m.")
    var size = Size.small

    @Option(help: "float32, or bfloat16: operands of products rounded, beside PyTorch's autocast.")
    var precision = ProductPrecision.float32

    mutating func run() throws {
        _ = options.begin("Training steps")
        let sizes = String(decoding: try JSONEncoder().encode(size.sizes), as: UTF8.self)
        let peer = try options.interpreter.map {
            try Peer(
                "training.py", interpreter: $0, arguments: ["\(ThreadPool.threadCount)", sizes, precision.rawValue])
        }
        print(
            """
            \(precision.rawValue), no dropout; milliseconds a step of forward, backward and AdamW; medians of \(options.rounds) rounds. \
            \(peer?.name ?? "No Python with torch was given"), eager; the ratio is to its better AdamW.

            """)
        let table = Table("model", "forward", "step", "PyTorch plain", "fused", "ratio")
        for kind in Model.allCases where model == nil || model == kind {
            let (title, model) = made(kind)
            let side = TrainingSide(model, precision)
            var sides: [Side] = [side.forward, side.steps]
            let count = size == .small ? 5 : 1
            if let peer {
                sides += ["plain", "fused"].map { adamw in { try peer.ask("\(kind.rawValue) \(adamw) \(count)") } }
            }
            let times = try takingTurns(rounds: options.rounds, sides)
            let best = times.dropFirst(2).min()
            table.row(
                [title] + times.map(milliseconds) + (best == nil ? ["", ""] : [])
                    + [best.map { ratio($0 / times[1]) } ?? ""])
        }
    }

    private func made(_ model: Model) -> (title: String, model: any TrainingModel) {
        let sizes = size.sizes
        switch model {
        case .vit:
            let vit = sizes.vit
            let tokens = vit.image / vit.patch * (vit.image / vit.patch) + 1
            return ("ViT \(vit.width)x\(vit.layers), \(vit.batch) x \(tokens)", TrainingModels.ViT(vit))
        case .qformer:
            let qformer = sizes.qformer
            let title = "Q-Former \(qformer.width)x\(qformer.layers), \(qformer.queries)"
            return ("\(title) of \(qformer.vectors)", TrainingModels.QFormer(qformer))
        case .opt:
            let opt = sizes.opt
            return ("OPT \(opt.width)x\(opt.layers), \(opt.batch) x \(opt.tokens)", TrainingModels.OPT(opt))
        }
    }
}

/// A model in training.
private final class TrainingSide {
    private let model: any TrainingModel
    private let precision: ProductPrecision
    private var optimizer: AdamW

    init(_ model: any TrainingModel, _ precision: ProductPrecision) {
        self.model = model
        self.precision = precision
        optimizer = AdamW(model, weightDecay: 0.05)
    }

    /// Seconds of a forward pass alone.
    func forward() -> Double { meanSeconds(over: 0.1) { withoutGradients { _ = loss() } } }

    /// Seconds of a full step.
    func steps() -> Double { meanSeconds(over: 0.25) { optimizer.step(loss().gradients(), rate: 1e-4) } }

    private func loss() -> Tensor { withProducts(in: precision) { model.loss() } }
}

extension ProductPrecision: ExpressibleByArgument {}
