import Foundation
import JSON
import Recipes
import Testing

/// The published recipes, word for word but for their paths, run on the small world's parts: sizes come from the parts.
struct PublishedRecipesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Apps/train/recipes/published")
    /// In an order in which each finds what it starts from.
    private static let names = [
        "stage0", "stage0_t5", "stage1", "stage1_pformer", "stage2", "stage2_pformer", "stage2_align", "stage2_t5",
        "stage2_pformer_t5", "finetune", "finetune_pformer",
    ]

    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
    }

    /// The text with its folders replaced by those of the small world, and runs led into `output`.
    private func placed(_ text: String, _ output: URL) -> String {
        let demo = runs.folder.appending(path: ".demo").path
        var text = text
        for (path, other) in [
            ("checkpoints/eva_vit_g.pth", "\(demo)/vision/model/vision"),
            ("checkpoints/bert-base-uncased", "\(demo)/vision/model/bert"),
            ("checkpoints/opt-2.7b", "\(demo)/language/model"), ("checkpoints/flan-t5-xl", "\(output.path)/t5"),
            ("data/laion115m/annotations/data.json", "\(demo)/world/annotations/sentences.json"),
            ("data/coco/annotations/coco_karpathy_val.json", "\(demo)/world/annotations/coco_karpathy_test.json"),
            ("runs/", "\(output.path)/"),
        ] { text = text.replacingOccurrences(of: ": \(path)", with: ": \(other)") }
        text.replace(#/ data/[a-z_0-9/]+\.json/#, with: " \(demo)/world/annotations/coco_karpathy_train.json")
        text.replace(#/ data/[a-z_]+/images/#, with: " \(demo)/world/images")
        return text
    }

    @Test func noRecipeIsLeftOut() throws {
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(present.sorted() == Self.names.map { "\($0).yaml" }.sorted())
    }

    @Test func everyRecipeTrainsInTheOrderInWhichOneStartsFromTheOther() throws {
        let output = runs.folder.appending(path: "published")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        try SmallT5.write(to: output.appending(path: "t5"))
        for name in Self.names {
            let file = runs.folder.appending(path: "published-\(name).yaml")
            let text = try text(name)
            try Data(placed(text, output).utf8).write(to: file)
            let command = "#   train --cfg-path Apps/train/recipes/published/\(name).yaml --output-dir runs/"
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(command) }, "\(name)")
            let folder = output.appending(path: String(line.dropFirst(command.count)))
            var options = ["run.batch_size_train=4", "run.max_epoch=0.02", "run.num_workers=1"]
            // The small world's BERT has room for 24 prompts, as stage 0 was told there.
            if !name.hasPrefix("stage0") { options += ["datasets.pairs.image_size=64"] }
            if name.hasPrefix("finetune") {
                options += ["run.validation.captions=2", "run.validation.min_len=1", "run.validation.max_len=4"]
            }
            let description = try prepareRun(configuration: file, options: options, .description)
            let run = try prepareRun(configuration: file, options: options, .training(folder))
            #expect(description.trainedCount == run.trainedCount && description.cost.peakBytes == run.cost.peakBytes)
            // Four sets of 80 captions, or one; 120 sentences.
            let batches = name.hasPrefix("stage0") ? 30 : name.hasPrefix("finetune") ? 20 : 80
            #expect(run.batchesPerEpoch == batches)
            try run.train(resuming: false)
            let steps = try runs.steps(folder)
            let losses = try steps.map { try $0["loss"].double }
            #expect(!losses.isEmpty && losses.allSatisfy(\.isFinite), "\(name)")
            // The published warm-ups begin at 1e-6 and 1e-8.
            let rate = try #require(steps.first)["lr"].double
            #expect(rate == (name.hasPrefix("finetune") ? 1e-8 : 1e-6))
        }
    }

    @Test func theValuesAreThePublishedOnes() throws {
        for name in Self.names {
            let text = try text(name)
            let isTuning = name.hasPrefix("finetune")
            for line in [
                "lr_sched: linear_warmup_cosine_lr", "init_lr: \(isTuning ? "1.0e-5" : "1.0e-4")",
                "min_lr: \(isTuning ? "0.0" : "1.0e-5")", "warmup_lr: \(isTuning ? "1.0e-8" : "1.0e-6")",
                "weight_decay: 0.05", "beta2: 0.999", "seed: 42", "max_txt_len: 32",
                "batch_size_train: \(isTuning ? 16 : name.hasPrefix("stage2") && name.hasSuffix("t5") ? 100 : 128)",
                "max_epoch: \(isTuning || name.hasPrefix("stage0") || name.hasSuffix("t5") ? 5 : 10)",
                "warmup_steps: \(isTuning ? 1000 : name.hasPrefix("stage1") ? 5000 : 2000)",
            ] { #expect(text.contains("\n  \(line)\n"), "\(name): \(line)") }
            let weight = [
                "stage1_pformer": "10.0", "stage2_pformer": "100.0", "stage2_pformer_t5": "100.0",
                "finetune_pformer": "1.0",
            ][name]
            #expect(weight.map { text.contains("loss_weight: \($0)\n") } ?? !text.contains("loss_weight"))
        }
    }
}
