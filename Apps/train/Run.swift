import ArgumentParser
import Communication
import Foundation
import Programs
import Recipes

/// Trains by a recipe.
struct Run: Program {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Trains a model by a recipe.",
        discussion: """
            A recipe is a YAML file with the sections model, datasets and run; those of the small world lie in \
            Apps/train/recipes/world. The output directory receives log.jsonl, files for TensorBoard, checkpoints/ and, \
            at the end, model/. SIGINT and SIGTERM end the run with a checkpoint after the step under way; --resume goes \
            on from there, bit for bit, and only with the settings that the run began with.

            Exit codes: 0 trained; 1 an error; 2 wrong usage; 75 stopped by SIGINT or SIGTERM after a checkpoint.
            """)

    static var examples: [String] {
        let start = "\(invocation) --cfg-path Apps/train/recipes/world"
        return [
            "\(start)/stage1.yaml --output-dir .demo/mine/stage1 --options run.max_epoch=0.05",
            "\(start)/stage2_pformer.yaml --output-dir .demo/mine/stage2 --dry-run",
        ]
    }

    static func exitCode(after error: any Error) -> Int32 { exitStatus(after: error) }

    @Option(name: .customLong("cfg-path"), help: "The recipe, a YAML file.")
    var recipe: PathArgument

    @Option(parsing: .upToNextOption, help: "Settings that go over the recipe's: run.seed=7 model.loss_weight=3")
    var options: [String] = []

    @Option(help: "The folder of the run; for a file of LAVIS's the one that it names, unless given.")
    var outputDir: PathArgument?

    @Flag(help: "Continue from the folder's last checkpoint.")
    var resume = false

    @Flag(help: "Say what would be trained, and what memory and time it would take, and stop.")
    var dryRun = false

    func run() throws { try onAllProcesses(train) }

    private func train(_ processes: ProcessGroup) throws {
        let file = recipe.url
        guard let folder = try outputDir?.url ?? outputFolder(of: file, options: options)
        else { throw ValidationError("Missing expected argument '--output-dir <output-dir>'") }
        let run = try prepareRun(
            configuration: file, options: options, dryRun ? .description : .training(folder, processes))
        if !processes.isFirst { return dryRun ? () : try run.train(resuming: resume) }
        for remark in run.remarks { FileHandle.standardError.write(Data("train: \(recipe): \(remark)\n".utf8)) }
        describe(run, on: processes.count)
        if dryRun { return estimate(run) }
        try run.train(resuming: resume)
        print("model: \(folder.appendingPathComponent("model").path)")
    }

    private func describe(_ run: PreparedRun, on processCount: Int) {
        for (part, origin) in run.origins { print("\(part): \(origin)") }
        print("parameters: \(run.trainedCount) trained, \(run.frozenCount) frozen")
        let share = processCount > 1 ? " for each of \(processCount) processes" : ""
        let length = String(format: "%.2f epochs", Double(run.batchCount) / Double(run.batchesPerEpoch))
        print("batches: \(run.batchCount) of \(run.batchSize) samples\(share), \(length)")
        print("steps: \(run.stepCount)")
    }

    /// What the run would cost on this machine.
    private func estimate(_ run: PreparedRun) {
        for (kind, count) in run.cost.bytes { print("bytes: \(count) \(kind)") }
        print("memory: about \(String(format: "%.2f", Double(run.cost.peakBytes) / 1e9)) GB at the peak")
        let speed = RunCost.measuredSpeed()
        let seconds = run.cost.operationsPerBatch / speed
        print(
            "time: about \(String(format: "%.3g", seconds)) s a batch, "
                + "\(String(format: "%.3g", seconds * Double(run.batchCount) / 3600)) h in all; "
                + "\(String(format: "%.3g", run.cost.operationsPerBatch / 1e9)) GFLOP a batch "
                + "at this machine's \(String(format: "%.3g", speed / 1e9)) GFLOP/s")
    }
}
