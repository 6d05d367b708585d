import BLIP2
import Checkpoints
import Foundation
import JSON
import Recipes
import Tensors
import Testing

/// Every recipe of the small world prepares and trains, and says what it does.
struct RecipeTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    @Test func noRecipeIsLeftOut() throws {
        #expect(try SmallRuns.present.sorted() == SmallRuns.names.sorted())
    }

    @Test(
        arguments: zip(
            SmallRuns.names,
            [
                ["loss_itc", "loss_words"], ["loss_lm"], ["loss_c", "loss_vq", "loss_lm"],
                ["loss_itc", "loss_itm", "loss_lm"],
                ["loss_itc", "loss_itm", "loss_lm", "loss_align"], ["loss_lm"], ["loss_lm", "loss_align"], ["loss_lm"],
                ["loss_lm", "loss_align"], ["loss_continuation", "loss_spans"], ["loss_c", "loss_lm"], ["loss_lm"],
                ["loss_lm", "loss_align"],
                ["loss_lm"], ["loss_lm", "loss_align"],
            ]))
    func everyStepLogsItsLossesAndTheirSum(_ name: String, _ terms: [String]) throws {
        let steps = try runs.steps(try runs.run(name))
        let expected = name == "language" ? try #require(runs.prepared[name]).batchCount : SmallRuns.stepCount
        #expect(try steps.map { try $0["step"].int } == Array(1...expected))
        for step in steps {
            #expect(try step.object.map(\.key).filter { $0.hasPrefix("loss_") } == terms)
            let parts = try terms.map { try step[$0].double }
            // Not every batch of this size has texts of both of T5's tasks.
            #expect(parts.allSatisfy { $0.isFinite && ($0 > 0 || $0 == 0 && terms.contains("loss_spans")) })
            #expect(abs(parts.reduce(0, +) - (try step["loss"].double)) < 1e-5 * parts.reduce(0, +))
        }
    }

    @Test(arguments: SmallRuns.names) func whatIsFrozenAndWhereItComesFromIsSaid(_ name: String) throws {
        let run = try #require(runs.prepared[name])
        #expect(run.batchSize == SmallRuns.batchSize && run.trainedCount > 10_000)
        let isBackbone = ["vision", "language", "language_t5"].contains(name)
        #expect((run.frozenCount > 10_000) == !isBackbone)
        let origins = run.origins.map { $0.origin.replacingOccurrences(of: runs.folder.path + "/", with: "") }
        let (bert, language) = (".demo/vision/model/bert", ".demo/language/model")
        let t5 = ".demo/language_t5/model"
        let expected: [String: [String]] = [
            "vision": ["random"], "language": ["random"], "stage0": [bert, "random", language],
            "stage1": [".demo/vision/model/vision", bert, "random"],
            "stage1_pformer": [".demo/vision/model/vision", bert, "random", ".demo/stage0/model"],
            "stage2": [".demo/baseline/stage1/model", "random", language],
            "stage2_pformer": [
                ".demo/pformer/stage1/model", ".demo/pformer/stage1/model", language, ".demo/stage0/model",
            ],
            "finetune": [".demo/baseline/stage2/model", language],
            "finetune_pformer": [".demo/pformer/stage2/model", language, ".demo/stage0/model"],
            "language_t5": ["random"], "stage0_t5": [bert, "random", t5],
            "stage2_t5": [".demo/baseline/stage1/model", "random", t5],
            "stage2_pformer_t5": [".demo/baseline/stage1/model", "random", t5, ".demo/stage0_t5/model"],
            "finetune_t5": [".demo/baseline/stage2_t5/model", t5],
            "finetune_pformer_t5": [".demo/pformer/stage2_t5/model", t5, ".demo/stage0_t5/model"],
        ]
        #expect(origins == expected[name])
    }

    @Test func everyRunLeavesAModelOfItsKind() throws {
        let kinds = [
            ("vision", "model/vision", ModelKind.vision), ("vision", "model/bert", ModelKind.bert),
            ("language", "model", ModelKind.opt), ("stage0", "model", ModelKind.promptTransformer),
            ("stage1", "model", ModelKind.representation), ("stage1_pformer", "model", ModelKind.representation),
            ("stage2", "model", ModelKind.captioner), ("stage2_pformer", "model", ModelKind.captioner),
            ("finetune", "model", ModelKind.captioner), ("finetune_pformer", "model", ModelKind.captioner),
            ("language_t5", "model", ModelKind.t5), ("stage0_t5", "model", ModelKind.promptTransformer),
            ("stage2_t5", "model", ModelKind.captioner), ("stage2_pformer_t5", "model", ModelKind.captioner),
            ("finetune_t5", "model", ModelKind.captioner), ("finetune_pformer_t5", "model", ModelKind.captioner),
        ]
        for (name, part, kind) in kinds {
            let directory = ModelDirectory(try runs.run(name).appending(path: part))
            #expect(try directory.isKind(kind), "\(name)")
        }
        for name in [
            "stage2", "stage2_pformer", "finetune", "finetune_pformer", "stage2_t5", "stage2_pformer_t5", "finetune_t5",
            "finetune_pformer_t5",
        ] {
            let captioner = try Captioner(directory: try runs.run(name).appending(path: "model"))
            let picture = runs.folder.appending(path: ".demo/world/images/test/world_000017.jpg")
            #expect(try captioner.caption(imageAt: picture).utf8.count < 400)
        }
    }

    /// A continued run, on one thread, ends with the bits of the whole one.
    @Test(arguments: ["stage0", "stage1_pformer", "stage2_pformer", "language_t5", "stage2_pformer_t5"])
    func aRunThatWasStoppedGoesOnBitForBit(_ name: String) throws {
        let whole = try runs.run(name)
        let parted = runs.folder.appending(path: "parted-\(name)")
        let options = ["run.checkpoint_steps=1"]
        try runs.prepare(name, options: options, in: parted).train(resuming: false)
        // As if the process had been killed after the second step.
        let checkpoints = parted.appending(path: "checkpoints")
        try FileManager.default.removeItem(at: checkpoints.appending(path: "step_00000003"))
        try FileManager.default.removeItem(at: parted.appending(path: "model"))
        let threadCount = ThreadPool.threadCount
        ThreadPool.threadCount = 1
        defer { ThreadPool.threadCount = threadCount }
        try runs.prepare(name, options: options, in: parted).train(resuming: true)
        let files = [whole, parted].map { $0.appending(path: "model/model.safetensors") }
        #expect(try Data(contentsOf: files[0]) == Data(contentsOf: files[1]))
        let losses = try [whole, parted].map { try runs.steps($0).map { try $0["loss"].double } }
        #expect(losses[0] == losses[1] && losses[0].count == SmallRuns.stepCount)
    }
}
