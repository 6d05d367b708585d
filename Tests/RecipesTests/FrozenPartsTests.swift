import Checkpoints
import Foundation
import Recipes
import Testing

/// What a recipe freezes comes out of its run as it went in, and what it trains does not.
struct FrozenPartsTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    private func vision(_ name: String) throws -> [String: [Float]] {
        switch name {
        case "vision": try runs.weights("vision", "model/vision").scalars("visual_encoder.")
        case "stage1", "stage1_pformer": try runs.weights(name).scalars("visual_encoder.")
        default: try runs.weights(name).scalars("vision_model.e")
        }
    }

    @Test(arguments: ["stage1", "stage1_pformer"]) func stageOneKeepsTheImageEncoder(_ name: String) throws {
        #expect(try vision(name) == vision("vision"))
        let (before, after) = (try runs.weights("vision", "model/bert"), try runs.weights(name))
        let words = "embeddings.word_embeddings.weight"
        let count = try before.tensor(named: words).count
        #expect(
            try after.tensor(named: "Qformer.bert.\(words)").scalars.prefix(count)
                != before.tensor(named: words).scalars[...])
        #expect(after.names.allSatisfy { !$0.hasPrefix("Pformer.") })
        #expect(after.names.contains("opt_proj.weight") == (name == "stage1_pformer"))
    }

    @Test(arguments: [("stage2", "stage1"), ("stage2_pformer", "stage1_pformer")])
    func stageTwoKeepsImageEncoderAndLanguageModel(_ name: String, _ start: String) throws {
        let (before, after) = (try runs.weights(start), try runs.weights(name))
        let class1 = try before.tensor(named: "visual_encoder.cls_token").scalars
        #expect(try after.tensor(named: "vision_model.embeddings.class_embedding").scalars == class1)
        let inner = "visual_encoder.blocks.3.mlp.fc2.weight"
        #expect(
            try after.tensor(named: "vision_model.encoder.layers.3.mlp.fc2.weight").scalars
                == before.tensor(named: inner).scalars)
        #expect(
            try after.tensor(named: "vision_model.post_layernorm.weight").scalars
                != before.tensor(named: "ln_vision.weight").scalars)
        #expect(try after.tensor(named: "query_tokens").scalars != before.tensor(named: "query_tokens").scalars)
        #expect(try after.scalars("language_model.") == runs.weights("language").scalars(""))
    }

    @Test(arguments: [
        ("finetune", "stage2", "language"), ("finetune_pformer", "stage2_pformer", "language"),
        ("finetune_t5", "stage2_t5", "language_t5"), ("finetune_pformer_t5", "stage2_pformer_t5", "language_t5"),
    ])
    func fineTuningTrainsTheImageEncoderToo(_ name: String, _ start: String, _ language: String) throws {
        let (before, after) = (try vision(start), try vision(name))
        #expect(before.keys.sorted() == after.keys.sorted() && before.count > 40)
        for (key, values) in after { #expect(values != before[key], "\(key)") }
        #expect(try runs.weights(name).scalars("language_model.") == runs.weights(language).scalars(""))
    }

    @Test(arguments: SmallRuns.names) func checkpointsHoldWhatIsTrainedAndNothingElse(_ name: String) throws {
        let checkpoints = try runs.run(name).appending(path: "checkpoints")
        let last = try #require(try FileManager.default.contentsOfDirectory(atPath: checkpoints.path).sorted().last)
        let saved = try SafetensorsFile(contentsOf: checkpoints.appending(path: "\(last)/model.safetensors"))
        let run = try #require(runs.prepared[name])
        #expect(try saved.names.reduce(0) { $0 + (try saved.tensor(named: $1).count) } == run.trainedCount)
        let frozen: [String: [String]] = [
            "stage0": ["opt_model."], "stage1": ["visual_encoder."], "stage1_pformer": ["visual_encoder.", "Pformer."],
            "stage2": ["visual_encoder.", "opt_model."],
            "stage2_pformer": ["visual_encoder.", "opt_model.", "Pformer."],
            "finetune": ["opt_model."], "finetune_pformer": ["opt_model.", "Pformer."],
            "finetune_t5": ["t5_model."], "finetune_pformer_t5": ["t5_model.", "Pformer."],
        ]
        for prefix in frozen[name] ?? [] { #expect(!saved.names.contains { $0.hasPrefix(prefix) }, "\(prefix)") }
    }

    /// The teacher drops out where the recipe says so; the language model's loss, which comes first, is the same.
    @Test func theTeacherDropsOutIfItIsTo() throws {
        // The small world's has none.
        let teacher = runs.folder.appending(path: "dropping-teacher")
        try FileManager.default.copyItem(at: try runs.run("stage0").appending(path: "model"), to: teacher)
        let file = teacher.appending(path: "config.json")
        let configuration = try String(contentsOf: file, encoding: .utf8)
        try configuration.replacing("\"hidden_dropout_prob\" : 0", with: "\"hidden_dropout_prob\" : 0.5")
            .write(to: file, atomically: true, encoding: .utf8)
        let first = try [false, true].map { drops in
            let folder = runs.folder.appending(path: "teacher-dropout-\(drops)")
            let options = ["run.teacher_dropout=\(drops)", "model.pretrained_stage0=\(teacher.path)"]
            try runs.prepare("stage2_pformer", options: options, in: folder).train(resuming: false)
            return try #require(runs.steps(folder).first)
        }
        #expect(try first[0]["loss_lm"].double == first[1]["loss_lm"].double)
        #expect(try first[0]["loss_align"].double != first[1]["loss_align"].double)
    }

    /// The run does not go on with another language model than it began with.
    @Test func anExchangedFileOfAFrozenModelIsNamed() throws {
        let exchanged = runs.folder.appending(path: "language")
        try FileManager.default.copyItem(at: try runs.run("language").appending(path: "model"), to: exchanged)
        let folder = runs.folder.appending(path: "exchanged")
        let options = ["model.opt_model=\(exchanged.path)", "run.checkpoint_steps=2"]
        try runs.prepare("stage2", options: options, in: folder).train(resuming: false)
        let weights = exchanged.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        let message = runs.message {
            try runs.prepare("stage2", options: options, in: folder).train(resuming: true)
        }
        #expect(
            message.hasPrefix(
                "exchanged/checkpoints/step_00000003: holds the checkpoint of another run: file language/model.safetensors is "
            ), "\(message)")
    }
}
