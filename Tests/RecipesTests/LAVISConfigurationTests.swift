import Foundation
import Recipes
import Testing

/// Configurations as LAVIS has them, run on the small world's parts.
struct LAVISConfigurationTests {
    private let runs: SmallRuns
    private let demo: URL

    init() throws {
        runs = try SmallRuns.trained.get()
        demo = runs.folder.appending(path: ".demo")
    }

    /// The small world as LAVIS's `coco_caption`, laid out once for the tests, which run side by side.
    private static let cache = Result {
        let runs = try SmallRuns.trained.get()
        let world = runs.folder.appending(path: ".demo/world")
        let root = runs.folder.appending(path: "lavis")
        let annotations = root.appending(path: "coco/annotations")
        try FileManager.default.createDirectory(at: annotations, withIntermediateDirectories: true)
        for split in ["train", "test"] {
            try FileManager.default.copyItem(
                at: world.appending(path: "annotations/coco_karpathy_\(split).json"),
                to: annotations.appending(path: "coco_karpathy_\(split == "test" ? "val" : split).json"))
        }
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "coco/images"), withDestinationURL: world.appending(path: "images"))
        return root
    }

    /// Where LAVIS's names lead: the small world and the parts' folders.
    private func places() throws -> [String] {
        let root = try Self.cache.get()
        return [
            "env.cache_root=\(root.path)", "model.vit_model=\(demo.path)/vision/model/vision",
            "model.bert_model=\(demo.path)/vision/model/bert", "run.batch_size_train=4", "run.max_epoch=0.1",
        ]
    }

    private func configuration(
        _ model: String, prompt: String = "", task: String = "image_text_pretrain", run: String = ""
    ) -> String {
        """
        model:
          \(model.split(separator: "\n").joined(separator: "\n  "))
        datasets:
          coco_caption:
            vis_processor:
                train:
                  name: "blip2_image_train"
                  image_size: 64
                eval:
                  name: "blip_image_eval"
                  image_size: 64
            text_processor:
                train:
                  name: "blip_caption"
                  prompt: "\(prompt)"
        run:
          task: \(task)
          lr_sched: "linear_warmup_cosine_lr"
          init_lr: 1e-4
          min_lr: 1e-5
          warmup_lr: 1e-6
          weight_decay: 0.05
          max_epoch: 10
          batch_size_train: 128
          batch_size_eval: 64
          num_workers: 1
          warmup_steps: 5000
          seed: 42
          output_dir: "output/there"
          amp: True
          resume_ckpt_path: null
          evaluate: False
          train_splits: ["train"]
          device: "cuda"
          world_size: 1
          dist_url: "env://"
          distributed: True
          \(run)
        """
    }

    private func prepare(
        _ text: String, options: [String] = [], _ purpose: RunPurpose = .description
    ) throws -> PreparedRun {
        let file = runs.folder.appending(path: "lavis-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try prepareRun(configuration: file, options: try places() + options, purpose)
    }

    private func message(_ text: String, options: [String] = []) -> String {
        runs.message { try prepare(text, options: options) }.replacing(/lavis-[0-9A-F-]{36}\.yaml/, with: "lavis.yaml")
    }

    private var stage1: String {
        configuration(
            """
            arch: blip2_pformer
            model_type: pretrain_pformer
            load_pretrained: True
            pretrained: "\(demo.path)/stage0/model"
            pretrained_stage0: "\(demo.path)/stage0/model"
            freeze_vit: True
            loss_weight: 10.0
            num_query_token: 24
            max_txt_len: 24
            """)
    }

    @Test func stageOneRunsAsThisProjectsOwnRecipe() throws {
        let folder = runs.folder.appending(path: "lavis-stage1")
        let run = try prepare(stage1, .training(folder))
        let settings = Dictionary(run.settings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        for (key, value) in [
            ("model.loss_weight", "10.0"), ("run.warmup_steps", "5000"), ("run.teacher_dropout", "true"),
            ("run.language_model_dropout", "true"),
            ("run.divide_accumulated", "false"), ("run.precision", "bfloat16"),
            ("datasets.pairs.vis_processor", "blip2_image_train"),
            ("datasets.pairs.image_size", "64"), ("run.init_lr", "0.0001"), ("run.beta2", "0.999"),
        ] { #expect(settings[key] == value, "\(key)") }
        #expect(
            run.remarks == [
                "model.pretrained names stage 0's checkpoint once more; model.pretrained_stage0 is enough",
                "run.amp: operands of products are rounded to bfloat16, as for run.precision; False leaves float32",
                "run.device, run.world_size, run.dist_url, run.distributed: not used; processes are those that the "
                    + "program is started with",
                "run.batch_size_eval: not used; every step is logged, and batches for captions have 16 pictures",
            ])
        // As the file stands, with its author's path, when only the teacher is named.
        let other = try prepare(stage1.replacing("pretrained: \"\(demo.path)", with: "pretrained: \"/home/author"))
        #expect(
            other.remarks.first?.hasPrefix("model.pretrained: /home/author/stage0/model: not used; stage 1 begins")
                == true)
        try run.train(resuming: false)
        let terms = try #require(try runs.steps(folder).first).object.map(\.key).filter { $0.hasPrefix("loss_") }
        #expect(terms == ["loss_itc", "loss_itm", "loss_lm", "loss_align"])
    }

    private func tuning(_ pretrained: String, _ other: String = "") -> String {
        configuration(
            """
            arch: blip2_pformer_opt
            model_type: caption_coco_opt2.7b
            load_finetuned: False
            load_pretrained: True
            pretrained: "\(pretrained)"
            use_grad_checkpoint: True
            freeze_vit: False
            opt_model: \(demo.path)/language/model
            max_txt_len: 24
            \(other)
            """, prompt: "a photo of ", task: "captioning",
            run: "max_len: 4\n  min_len: 1\n  num_beams: 2\n  valid_splits: [\"val\"]\n  test_splits: [\"test\"]")
    }

    @Test func tuningIsJudgedAfterEachEpochAsThere() throws {
        let folder = runs.folder.appending(path: "lavis-tuning")
        let text = tuning("\(demo.path)/pformer/stage2/model", "pretrained_stage0: \(demo.path)/stage0/model")
        let run = try prepare(text, .training(folder))
        #expect(
            run.remarks.last == "run.test_splits: not used; the model is tested afterwards, with `evaluate captions`")
        #expect(run.settings.contains { $0.name == "model.prompt" && $0.value == "\"a photo of\"" })
        try run.train(resuming: false)
        let best = folder.appending(path: "checkpoints/best.json")
        #expect(try String(contentsOf: best, encoding: .utf8).contains("agg_metrics"))
    }

    @Test func whatIsBrokenIsAnsweredByWhatToWrite() throws {
        let stage2 = "\(demo.path)/pformer/stage2/model"
        for (text, end) in [
            (
                tuning(stage2),
                "model.pretrained_stage0: is missing, and no other checkpoint holds the P-Former: prompts would "
                    + "follow one that has learned nothing. Name the checkpoint of stage 0, or take arch blip2_opt"
            ),
            (
                stage1.replacing("pretrained: \"\(demo.path)/stage0", with: "pretrained: \"\(demo.path)/vision"),
                "model.pretrained: .demo/vision/model: stage 1 begins with public checkpoints alone; wanted "
                    + "load_pretrained: False"
            ),
            (
                tuning("/home/nobody/output/"),
                "model.pretrained: /home/nobody/output/: there is no such file; name yours with "
                    + "--options model.pretrained=PATH"
            ),
            (
                tuning(demo.path),
                "model.pretrained: .demo: is a folder; name a checkpoint in it, such as checkpoint_9.pth"
            ),
            (
                stage1.replacing("amp: True", with: "amp: True\n  resume_ckpt_path: a.pth").replacing(
                    "resume_ckpt_path: null\n", with: "\n"),
                "run.resume_ckpt_path: a.pth: a run is continued with --resume, from its own folder"
            ),
            (
                stage1.replacing("evaluate: False", with: "evaluate: False,"),
                "run.evaluate: found the string \"False,\", wanted true or false"
            ),
            (
                stage1.replacing("coco_caption", with: "coco_captions"),
                "datasets.coco_captions: is no data set that this project trains on: coco_caption, "
                    + "conceptual_caption_12m, conceptual_caption_3m, laion_sentence_115m, sbu_caption, vg_caption"
            ),
            (
                stage1.replacing("load_pretrained: True", with: "load_finetuned: True"),
                "model.load_finetuned: is true; name the checkpoint under pretrained, with load_finetuned: False"
            ),
        ] {
            let message = message(text).replacingOccurrences(of: runs.folder.path + "/", with: "")
            #expect(message.hasSuffix(end), "\(message)")
        }
    }

    @Test func theFolderOfTheRunIsTheOneThatTheFileNames() throws {
        let file = runs.folder.appending(path: "lavis-output.yaml")
        try Data(stage1.utf8).write(to: file)
        #expect(try outputFolder(of: file, options: [])?.relativePath.hasSuffix("output/there") == true)
    }
}
