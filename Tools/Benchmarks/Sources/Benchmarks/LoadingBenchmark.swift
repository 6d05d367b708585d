import ArgumentParser
import Datasets
import Foundation
import Images
import Tensors
import Training

/// What loading adds to a training step: the same steps on one batch kept in memory, and on batches from files.
struct LoadingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loading",
        abstract: "Training steps of a small ViT on batches from JPEG files, beside steps on a batch in memory.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Steps of a round.")
    var steps = 30

    mutating func run() throws {
        let ceilings = options.begin("Loading")
        let set = try MadeSet()
        var sides = [LoadedTraining(nil)]
        for cacheByteLimit in [0, 256 << 20] { sides.append(LoadedTraining(set.loader(cacheByteLimit))) }
        print(
            """
            The small ViT of `training`, batches of \(TrainingSizes.small.vit.batch) from \(MadeSet.count) JPEGs of 96x96, cropped \
            and flipped to 64x64 by one thread beside; milliseconds a step, medians of \(options.rounds) rounds of \
            \(steps) steps. The limit is 1.2 times the loader's processor seconds over \(ceilings.threads) processors.

            """)
        let times = try takingTurns(
            rounds: options.rounds, sides.map { [steps] side in { try side.steps(steps) } })
        let table = Table("batches", "step", "growth", "limit", "waits")
        for (title, (side, time)) in zip(["one, in memory", "files", "files, kept decoded"], zip(sides, times)) {
            let spent = 1.2 * side.processorSecondsPerStep / Double(ceilings.threads)
            table.row([
                title, milliseconds(time), String(format: "%+.1f %%", 100 * (time / times[0] - 1)),
                String(format: "%+.1f %%", 100 * spent / times[0]), String(format: "%.1f %%", 100 * side.waitingShare),
            ])
        }
    }
}

/// A set of pictures in a folder that is gone when the value is.
private final class MadeSet {
    static let count = 512
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
    private let source: AnnotatedCaptions

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<Self.count {
            let file = folder.appendingPathComponent("\(number).jpg")
            try Data(Self.picture(number).jpeg(quality: 90)).write(to: file)
        }
        let records = (0..<Self.count).map { "{\"image\": \"\($0).jpg\", \"caption\": \"picture \($0)\"}" }
        let list = folder.appendingPathComponent("list.json")
        try Data("[\(records.joined(separator: ","))]".utf8).write(to: list)
        source = try AnnotatedCaptions(contentsOf: list, imagesIn: folder)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A slope with some noise, 96x96.
    private static func picture(_ number: Int) -> Image {
        let size = 96
        let draws = Tensor.uniform([3 * size * size], in: 0...31, key: RandomKey(seed: UInt64(number))).scalars
        let pixels = draws.enumerated().map { place, draw in
            UInt8(draw) + UInt8((place / 3 % size + place / 3 / size) % 200)
        }
        return Image(width: size, height: size, pixels: pixels)
    }

    func loader(_ cacheByteLimit: Int) -> CaptionLoader {
        let key = RandomKey(seed: 2)
        let order = BatchOrder(
            SampleOrder(sampleCount: source.count, key: key), batchSize: TrainingSizes.small.vit.batch)
        return CaptionLoader(
            source, order: order, processor: .training(TrainingProcessor(size: 64)), text: CaptionText(), key: key,
            options: LoadingOptions(threadCount: 1, cacheByteLimit: cacheByteLimit))
    }
}

/// A model that is trained on what a loader brings, or on its own batch.
private final class LoadedTraining {
    private let model = TrainingModels.ViT()
    private var optimizer: AdamW
    private var loader: CaptionLoader?
    private var stepCount = 0
    private var waits = 0
    private var processorSeconds = 0.0

    init(_ loader: CaptionLoader?) {
        self.loader = loader
        optimizer = AdamW(model, weightDecay: 0.05)
    }

    /// Seconds of a step, the first two of a round left out.
    func steps(_ count: Int) throws -> Double {
        for _ in 0..<2 { try step() }
        return try seconds { for _ in 0..<count { try step() } } / Double(count)
    }

    var processorSecondsPerStep: Double { processorSeconds / Double(max(stepCount, 1)) }

    /// The share of steps that had to wait for their batch.
    var waitingShare: Double { Double(waits) / Double(max(stepCount, 1)) }

    private func step() throws {
        let batch = try loader?.batch(stepCount)
        stepCount += 1
        if let statistics = loader?.takeStatistics() {
            processorSeconds += statistics.processorSeconds
            waits += statistics.lateCount
        }
        let loss = if let batch { model.loss(of: batch.pixels) } else { model.loss() }
        optimizer.step(loss.gradients(), rate: 1e-4)
    }
}
