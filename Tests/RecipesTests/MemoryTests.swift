import Checkpoints
import Foundation
import JSON
import Recipes
import Testing

/// What a run takes of memory, as said before it starts, and what can be done about it.
struct MemoryTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    private func bytes(_ run: PreparedRun) -> [String: Int] {
        Dictionary(run.cost.bytes.map { ($0.kind, $0.count) }, uniquingKeysWith: { first, _ in first })
    }

    @Test(arguments: SmallRuns.names) func weightsAndMomentsAreCounted(_ name: String) throws {
        let run = try #require(runs.prepared[name])
        let bytes = bytes(run)
        #expect(bytes["trained weights"] == 4 * run.trainedCount)
        #expect(bytes["gradients"] == 4 * run.trainedCount && bytes["moments of AdamW"] == 8 * run.trainedCount)
        #expect(bytes["frozen weights in float32"] ?? 0 == 4 * run.frozenCount)
        #expect(run.cost.operationsPerBatch > 2 * Double(run.trainedCount + run.frozenCount))
    }

    /// In two bytes a matrix takes half, and the losses are nearly the same.
    @Test func frozenMatricesFitInTwoBytes() throws {
        let folder = runs.folder.appending(path: "halved")
        let run = try runs.prepare("stage2_pformer", options: ["run.frozen_precision=bfloat16"], in: folder)
        let whole = try #require(runs.prepared["stage2_pformer"])
        let (before, after) = (bytes(whole), bytes(run))
        let halved = try #require(after["frozen weights in 16 bits"])
        #expect(2 * halved + (after["frozen weights in float32"] ?? 0) == before["frozen weights in float32"])
        #expect(Double(halved) > 0.45 * Double(before["frozen weights in float32"] ?? 0))
        try run.train(resuming: false)
        let losses = try [folder, runs.run("stage2_pformer")].map { try runs.steps($0).map { try $0["loss"].double } }
        #expect(losses[0] != losses[1])
        for (narrow, wide) in zip(losses[0], losses[1]) { #expect(abs(narrow / wide - 1) < 0.01) }
        // The model has what was frozen as its files had it.
        let model = try SafetensorsFile(contentsOf: folder.appending(path: "model/model.safetensors"))
        #expect(try model.scalars("language_model.") == runs.weights("language").scalars(""))
        let (there, here) = ("visual_encoder.blocks.3.mlp.fc2.weight", "vision_model.encoder.layers.3.mlp.fc2.weight")
        #expect(
            try model.tensor(named: here).scalars == runs.weights("stage1_pformer").tensor(named: there).scalars)
    }

    /// In mixed precision a step is nearly the same, and a run goes on with the same bits.
    @Test(arguments: ["stage1_pformer", "finetune_pformer", "stage2_pformer_t5"])
    func mixedPrecisionIsNearAndContinues(_ name: String) throws {
        let folders = ["whole", "parts"].map { runs.folder.appending(path: "mixed-\($0)-\(name)") }
        let options = ["run.precision=bfloat16", "run.checkpoint_steps=1"]
        try runs.prepare(name, options: options, in: folders[0]).train(resuming: false)
        try runs.prepare(name, options: options + ["run.max_epoch=0.08"], in: folders[1]).train(resuming: false)
        #expect(try runs.steps(folders[1]).count == 1)
        try runs.prepare(name, options: options, in: folders[1]).train(resuming: true)
        let weights = try folders.map { try Data(contentsOf: $0.appending(path: "model/model.safetensors")) }
        #expect(weights[0] == weights[1])
        let losses = try [folders[0], runs.run(name)].map { try runs.steps($0).map { try $0["loss"].double } }
        #expect(losses[0] != losses[1] && losses[0].count == SmallRuns.stepCount)
        for (mixed, plain) in zip(losses[0], losses[1]) { #expect(abs(mixed / plain - 1) < 0.02, "\(mixed) \(plain)") }
        let message = runs.message {
            try runs.prepare(name, options: ["run.precision=float32"], in: folders[0]).train(resuming: true)
        }
        #expect(message.contains("run.precision is bfloat16 there and float32 here"), "\(message)")
    }

    /// Checkpointing costs time and changes no bit.
    @Test func blocksAreComputedAgainToTheSameBits() throws {
        let folder = runs.folder.appending(path: "recomputed")
        let run = try runs.prepare("finetune_pformer", options: ["model.use_grad_checkpoint=true"], in: folder)
        let kept = try #require(runs.prepared["finetune_pformer"])
        let kind = "kept for the way back, estimated"
        let (less, more) = (try #require(bytes(run)[kind]), try #require(bytes(kept)[kind]))
        #expect(less < more)
        #expect(run.cost.operationsPerBatch > kept.cost.operationsPerBatch)
        try run.train(resuming: false)
        let weights = try [folder, runs.run("finetune_pformer")].map {
            try Data(contentsOf: $0.appending(path: "model/model.safetensors"))
        }
        #expect(weights[0] == weights[1])
    }

    /// Stage 2 begins with a checkpoint of stage 1 under LAVIS's names, which lacks the image encoder, as with the
    /// folder.
    @Test func aCheckpointAndTheImageEncoderMakeWhatTheFolderHolds() throws {
        let checkpoints = try runs.run("stage1_pformer").appending(path: "checkpoints")
        let checkpoint = checkpoints.appending(path: "step_00000003/model.safetensors")
        let teacher = try runs.run("stage0").appending(path: "checkpoints/step_00000003/model.safetensors")
        let folder = runs.folder.appending(path: "from-checkpoint")
        let run = try runs.prepare(
            "stage2_pformer",
            options: [
                "model.pretrained=\(checkpoint.path)", "model.pretrained_stage0=\(teacher.path)",
                "model.vit_model=\(try runs.run("vision").appending(path: "model/vision").path)",
            ], in: folder)
        #expect(
            run.origins.map(\.part) == [
                "image encoder", "Q-Former", "projection", "language model, frozen", "P-Former, frozen",
            ])
        try run.train(resuming: false)
        let weights = try [folder, runs.run("stage2_pformer")].map {
            try Data(contentsOf: $0.appending(path: "model/model.safetensors"))
        }
        #expect(weights[0] == weights[1])
        let message = runs.message {
            try runs.prepare("stage2_pformer", options: ["model.pretrained=\(checkpoint.path)"])
        }
        #expect(message.hasSuffix("is a checkpoint without the frozen parts; wanted model.vit_model as well"))
    }

    @Test func picturesOfAnotherSizeFitThePositions() throws {
        let run = try runs.prepare("stage1", options: ["datasets.pairs.image_size=80"])
        let plain = try #require(runs.prepared["stage1"])
        #expect(run.frozenCount - plain.frozenCount == (25 - 16) * 128)
        let message = runs.message { try runs.prepare("stage1", options: ["datasets.pairs.image_size=70"]) }
        #expect(
            message
                == ".demo/vision/model/vision: takes pictures in patches of 16 pixels; 70 to a side is no multiple of that "
                + "up to 4096"
        )
        let other = runs.message { try runs.prepare("vision", options: ["datasets.pairs.image_size=80"]) }
        #expect(other.hasSuffix("datasets.pairs.image_size: is 80, model.vision.image_size 64"))
    }
}
