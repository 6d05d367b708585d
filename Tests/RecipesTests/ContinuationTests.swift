import Foundation
import JSON
import Recipes
import Testing

/// A run is continued only as what it was begun as, and is judged while it trains.
struct ContinuationTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    private func train(_ name: String, _ options: [String], in folder: URL, resuming: Bool) throws {
        try runs.prepare(name, options: options, in: folder).train(resuming: resuming)
    }

    private func lines(_ folder: URL) throws -> [JSONValue] {
        let text = try String(contentsOf: folder.appending(path: "log.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDocument(parsing: $0.utf8, name: "log.jsonl").root }
    }

    @Test func aSettingThatWasChangedIsNamedWithBothValues() throws {
        let folder = runs.folder.appending(path: "changed")
        try train("stage1", ["run.init_lr=0.002"], in: folder, resuming: false)
        for (option, difference) in [
            ("run.init_lr=0.003", "run.init_lr is 0.002 there and 0.003 here"),
            ("run.beta2=0.97", "run.beta2 is 0.98 there and 0.97 here"),
            ("run.seed=43", "run.seed is 42 there and 43 here"),
            ("run.clip_norm=null", "run.clip_norm is 1.0 there and not set here"),
            ("run.warmup_steps=1", "run.warmup_steps is 40 there and 1 here"),
            ("run.batch_size_train=5", "run.batch_size_train is 6 there and 5 here"),
            ("model.num_query_token=9", "model.num_query_token is 24 there and 9 here"),
            ("datasets.pairs.prompt=a", "datasets.pairs.prompt is \"\" there and a here"),
        ] {
            let message = runs.message {
                try train("stage1", ["run.init_lr=0.002", option], in: folder, resuming: true)
            }
            #expect(
                message == "changed/checkpoints/step_00000003: holds the checkpoint of another run: \(difference); "
                    + "continue with what it began with, or name another --output-dir")
        }
    }

    /// How far a run goes, how it is saved, watched and fed may change.
    @Test func whatHasNoSayInTheWeightsMayChange() throws {
        let folder = runs.folder.appending(path: "longer")
        try train("stage1", [], in: folder, resuming: false)
        let epochs = Double(SmallRuns.stepCount + 2) / Double(80 / SmallRuns.batchSize)
        try train(
            "stage1",
            [
                "run.max_epoch=\(epochs)", "run.checkpoint_steps=1", "run.keep_checkpoints=3", "run.num_workers=2",
                "run.divergence_factor=0", "datasets.pairs.cache=none", "datasets.pairs.unreadable_share=0.5",
            ], in: folder, resuming: true)
        #expect(try runs.steps(folder).count == SmallRuns.stepCount + 2)
        let checkpoints = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "checkpoints").path)
        #expect(checkpoints.sorted() == ["step_00000003", "step_00000004", "step_00000005"])
    }

    private var validation: [String] {
        [
            "datasets.validation.annotations=\(runs.folder.path)/.demo/world/annotations/coco_karpathy_test.json",
            "datasets.validation.images=\(runs.folder.path)/.demo/world/images", "run.validation.steps=2",
            "run.validation.batches=1",
        ]
    }

    @Test func stageTwoIsJudgedByLossesAndCaptions() throws {
        let folder = runs.folder.appending(path: "judged")
        let options =
            validation + [
                "run.validation.captions=2", "run.validation.min_len=1", "run.validation.max_len=8",
                "run.validation.criterion=loss_lm",
            ]
        try train("stage2_pformer", options, in: folder, resuming: false)
        let judged = try lines(folder).filter { try $0.optional("validated_step") != nil }
        #expect(try judged.map { try $0["validated_step"].int } == [0, 2, 3])
        for line in judged {
            let terms = try ["loss_lm", "loss_align"].map { try line["validation_\($0)"].double }
            #expect(abs(terms[0] + terms[1] - (try line["validation_loss"].double)) < 1e-5 * (terms[0] + terms[1]))
            for key in ["Bleu_1", "Bleu_4", "ROUGE_L", "CIDEr", "agg_metrics"] {
                #expect(try line["validation_\(key)"].double >= 0, "\(key)")
            }
            let samples = try line["samples"].array
            #expect(try samples.allSatisfy { try $0["name"].string.hasPrefix("test/world_") } && samples.count == 2)
        }
        // The losses fall from a step to the next, so the last checkpoint is the best; and judging changed nothing.
        let losses = try judged.map { try $0["validation_loss_lm"].double }
        let best = try JSONDocument(contentsOf: folder.appending(path: "checkpoints/best.json")).root
        #expect(try best["value"].double == losses.min() && best["criterion"].string == "loss_lm")
        #expect(losses[2] < losses[0])
        let weights = try [folder, runs.run("stage2_pformer")].map {
            try Data(contentsOf: $0.appending(path: "model/model.safetensors"))
        }
        if losses[2] == losses.min() { #expect(weights[0] == weights[1]) }
    }

    @Test(arguments: ["vision", "stage1"]) func otherStagesAreJudgedByLosses(_ name: String) throws {
        let folder = runs.folder.appending(path: "judged-\(name)")
        try train(name, validation, in: folder, resuming: false)
        let judged = try lines(folder).filter { try $0.optional("validated_step") != nil }
        #expect(try judged.map { try $0["validated_step"].int } == [0, 2, 3])
        #expect(try judged.allSatisfy { try $0["validation_loss"].double > 0 })
        let message = runs.message {
            try runs.prepare(name, options: validation + ["run.validation.captions=2"])
        }
        #expect(message.hasSuffix("run.validation.captions: is set, but only models of stage 2 write captions"))
    }

    @Test func sentencesAreJudgedBySentences() throws {
        let folder = runs.folder.appending(path: "judged-stage0")
        let sentences = "\(runs.folder.path)/.demo/world/annotations/sentences.json"
        try train("stage0", ["datasets.validation.file=\(sentences)"], in: folder, resuming: false)
        let judged = try lines(folder).filter { try $0.optional("validated_step") != nil }
        #expect(try judged.map { try $0["validated_step"].int } == [0, 3])
    }

    @Test func whatIsWrongWithTheValidationIsNamed() throws {
        let missing = runs.message { try runs.prepare("stage2", options: ["run.validation.criterion=CIDEr"]) }
        #expect(missing.hasSuffix("datasets.validation: is missing, and run.validation says how to judge by it"))
        let count = runs.message { try runs.prepare("stage2", options: validation + ["run.validation.steps=0"]) }
        #expect(count.hasSuffix("run.validation.steps: is 0, wanted at least 1"))
        let large = runs.message { try runs.prepare("stage2", options: validation + ["run.batch_size_train=11"]) }
        #expect(large == ".demo/world/annotations/coco_karpathy_test.json: holds 10 captions, fewer than a batch of 11")
        let folder = runs.folder.appending(path: "criterion")
        let criterion = runs.message {
            try train("stage2", validation + ["run.validation.criterion=CIDER"], in: folder, resuming: false)
        }
        #expect(criterion == "the validation gives no CIDER to compare checkpoints by, but loss, loss_lm")
        #expect(try runs.steps(folder).isEmpty)
    }
}
