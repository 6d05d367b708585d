import Foundation
import JSON
import TestSupport
import Testing

/// Whether Open MPI can start processes here.
private let hasOpenMPI = {
    let outcome = try? BuiltProgram.shell("mpirun --version", in: FileManager.default.temporaryDirectory)
    return outcome?.output.contains("Open MPI") == true
}()

/// Several processes train as one with the larger batch does. Open MPI's `mpirun` must be there; it starts more processes
/// than there are cores.
@Suite(.enabled(if: hasOpenMPI, "mpirun of Open MPI is not installed")) struct ProcessesTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    /// Every kind of stage, with the epochs in which it takes ten steps or more with batches of 16.
    private static let stages: KeyValuePairs = [
        "vision": 0.1, "language": 1, "stage0": 0.1, "stage1": 0.1, "stage1_pformer": 0.1, "stage2_pformer": 0.1,
        "finetune": 0.1, "language_t5": 0.5, "stage0_t5": 0.1, "stage2_pformer_t5": 0.1,
    ]

    /// Stages that are compared for 50 steps: one, as all take minutes, unless the environment variable BLIP_STAGES is `all`.
    private static let lasting =
        ProcessInfo.processInfo.environment["BLIP_STAGES"] == "all" ? stages.map(\.key) : ["stage0"]

    /// What stages with T5 start from, which the demo has not: trained for a few steps.
    private static let t5 = Result {
        let world = try MiniWorld.shared()
        for (recipe, options) in [("language_t5", "run.max_epoch=0.1"), ("stage0_t5", "run.max_epoch=0.02")] {
            let outcome = try BuiltProgram("train").run(
                [
                    "--cfg-path", "Apps/train/recipes/world/\(recipe).yaml", "--output-dir", ".demo/\(recipe)",
                    "--options", options,
                ], in: world.clone)
            #expect(outcome.code == 0, "\(outcome)")
        }
    }

    /// Trains a recipe of the small world with a batch that is divided among processes.
    private func train(
        _ recipe: String, processes: Int, batch: Int, in run: String, _ options: [String] = [],
        _ more: [String] = [], each command: String = "exec \"$@\""
    ) throws -> BuiltProgram.Outcome {
        let start =
            processes == 1 ? "" : "mpirun --oversubscribe --bind-to none -n \(processes) bash -c '\(command)' each"
        return try BuiltProgram.shell(
            "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS=1; \(start) \"$@\"",
            [
                BuiltProgram("train").path, "--cfg-path", "Apps/train/recipes/world/\(recipe).yaml", "--output-dir",
                folder.file(run).path,
            ] + more + ["--options", "run.batch_size_train=\(batch / processes)", "run.warmup_steps=2"] + options,
            in: world.clone)
    }

    private func steps(_ run: String) throws -> [JSONValue] {
        let text = try String(contentsOf: folder.file(run).appendingPathComponent("log.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDocument(parsing: $0.utf8, name: "log.jsonl").root }
            .filter { try $0.optional("step") != nil }
    }

    /// The steps of one process, and those of two with half the batch each, at the published learning rate. At the small
    /// world's, which is twenty times as high, the least difference of a sum grows tenfold in every eight steps.
    private func oneAndTwo(_ recipe: String, batch: Int, epochs: Double) throws -> [(one: JSONValue, two: JSONValue)] {
        if recipe.hasSuffix("t5") { try Self.t5.get() }
        for count in [1, 2] {
            let outcome = try train(
                recipe, processes: count, batch: batch, in: "\(count)",
                ["run.max_epoch=\(epochs)", "run.init_lr=1.0e-4"])
            #expect(outcome.code == 0, "\(outcome)")
        }
        let (one, two) = (try steps("1"), try steps("2"))
        #expect(one.count == two.count, "\(one.count) and \(two.count) steps")
        return Array(zip(one, two)).map { (one: $0, two: $1) }
    }

    /// The norm of the gradients of the first step, whose weights are equal, and every term of the loss of some steps. Later
    /// norms differ by more than losses: a unit of a ReLU that lies at 0 passes all of a gradient or nothing.
    private func expectEqual(_ steps: some Sequence<(one: JSONValue, two: JSONValue)>, within tolerance: Double) throws
    {
        for (one, two) in steps {
            let isFirst = try one["step"].int == 1
            for member in try one.object {
                guard member.key.hasPrefix("loss") || isFirst && member.key == "gradient_norm" else { continue }
                let (a, b) = (try member.value.double, try two[member.key].double)
                #expect(abs(a - b) <= tolerance * max(1, abs(a)), "\(member.key): \(a) \(b)")
            }
        }
    }

    @Test(arguments: stages.map(\.key)) func twoWithHalfTheBatchAreOne(_ recipe: String) throws {
        let epochs = try #require(Self.stages.first { $0.key == recipe }).value
        let steps = try oneAndTwo(recipe, batch: 16, epochs: epochs / 2)
        #expect(steps.count >= 5)
        try expectEqual(steps.prefix(5), within: 1e-5)
    }

    /// Batches of 16 for each of two, for as many steps as let small differences grow.
    @Test(arguments: lasting) func twoStayTogether(_ recipe: String) throws {
        let epochs = try #require(Self.stages.first { $0.key == recipe }).value
        let steps = try oneAndTwo(recipe, batch: 32, epochs: 10 * epochs)
        try #require(steps.count >= 50)
        try expectEqual(steps.prefix(5), within: 1e-5)
        try expectEqual(steps[49...49], within: 1e-3)
    }

    /// The reference lets each process take its own mean: captions of a process with few tokens count for more. One process
    /// does so that gathers two batches for each step.
    @Test func eachMayTakeItsOwnMean() throws {
        let options = [
            "run.max_epoch=0.03", "run.lr_sched=linear_warmup_cosine_lr", "run.warmup_lr=0.001", "run.init_lr=0.001",
        ]
        let own = options + ["run.loss_normalization=per-rank"]
        for (run, count, batch, options) in [
            ("global", 2, 16, options), ("own", 2, 16, own), ("one", 1, 8, own + ["run.accum_grad_iters=2"]),
        ] {
            let outcome = try train("stage2", processes: count, batch: batch, in: run, options)
            #expect(outcome.code == 0, "\(outcome)")
        }
        let losses = try ["global", "own", "one"].map { try steps($0).map { try $0["loss_lm"].double } }
        #expect(losses[1].count >= 2 && losses[1].count == losses[2].count)
        #expect(zip(losses[1], losses[2]).allSatisfy { abs($0 - $1) < 1e-5 * $0 }, "\(losses)")
        #expect(zip(losses[0], losses[1]).contains { abs($0 - $1) > 1e-5 }, "\(losses)")
    }

    /// The death of one ends the others; what they go on from is whole.
    @Test func theDeathOfOneEndsAll() throws {
        let options = ["run.max_epoch=0.3", "run.checkpoint_steps=1"]
        let killed = try train(
            "stage2", processes: 2, batch: 16, in: "run", options,
            each: "if [ $OMPI_COMM_WORLD_RANK = 1 ]; then exec timeout -s KILL 2 \"$@\"; else exec \"$@\"; fi")
        #expect(killed.code != 0, "\(killed)")
        let resumed = try train("stage2", processes: 2, batch: 16, in: "run", options, ["--resume"])
        #expect(resumed.code == 0, "\(resumed)")
        let whole = try train("stage2", processes: 2, batch: 16, in: "whole", options)
        #expect(whole.code == 0, "\(whole)")
        let losses = try ["run", "whole"].map { try steps($0).map { try $0["loss"].double } }
        #expect(losses[0] == losses[1] && losses[0].count > 20)
    }

    @Test func whatIsWrongIsSaidOnce() throws {
        let outcome = try train("stage2", processes: 2, batch: 16, in: "run", ["run.init_lr=many"])
        #expect(outcome.code != 0)
        #expect(outcome.errors.components(separatedBy: "run.init_lr: found the string").count == 2, "\(outcome)")
    }

    /// Wrong usage is told apart from other errors, as it is of one process.
    @Test func wrongUsageExitsWithTwo() throws {
        let arguments = ["--cfg-path", "Apps/train/recipes/world/stage2.yaml"]
        let alone = try BuiltProgram("train").run(arguments, in: world.clone)
        let together = try BuiltProgram.shell(
            "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1; "
                + "mpirun --oversubscribe --bind-to none -n 2 \"$@\"",
            [BuiltProgram("train").path] + arguments, in: world.clone)
        #expect(alone.code == 2 && together.code == 2, "\(alone) \(together)")
        #expect(together.errors.hasPrefix(alone.errors), "\(together)")
        #expect(together.errors.components(separatedBy: "Missing expected argument").count == 2, "\(together)")
    }
}
