import Evaluation
import Foundation
import JSON
import TestSupport
import Testing

/// Configurations as LAVIS has them, with its checkpoints and its folders of data, give what this project's own give.
struct LAVISEvaluationTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
        for (source, target) in [
            ("testdev_balanced_questions.json", "gqa/annotations/testdev_balanced_questions.json"),
            ("vqa_val_eval.json", "coco/annotations/vqa_val_eval.json"),
            ("v2_mscoco_val2014_annotations.json", "coco/annotations/v2_mscoco_val2014_annotations.json"),
            ("okvqa/vqa_val_eval.json", "okvqa/annotations/vqa_val_eval.json"),
            ("okvqa/mscoco_val2014_annotations.json", "okvqa/annotations/mscoco_val2014_annotations.json"),
            ("nocaps_val.json", "nocaps/annotations/nocaps_val.json"),
            ("nocaps_val.json", "nocaps/annotations/nocaps_test.json"),
            ("coco_karpathy_test.json", "coco/annotations/coco_karpathy_test.json"),
            ("coco_karpathy_test.json", "flickr30k/annotations/test.json"),
        ] {
            let bytes = try Data(contentsOf: small.annotations.appending(path: source))
            try folder.write(Array(bytes), "data/\(target)")
        }
        for set in ["coco", "gqa", "nocaps", "flickr30k"] {
            try FileManager.default.createSymbolicLink(
                at: folder.file("data/\(set)/images"), withDestinationURL: small.images)
        }
    }

    /// Where LAVIS's names lead here; the published size is that of the small model.
    private func options(_ set: String, checkpoint: String = "stage2", vision: String = "vit") -> [String] {
        let checkpoints = small.root.appending(path: "checkpoints").path
        return [
            "env.cache_root=\(folder.file("data").path)", "env.checkpoints=\(checkpoints)",
            "model.pretrained=\(checkpoints)/\(checkpoint).safetensors",
            "model.vit_model=\(checkpoints)/\(vision).safetensors",
            "datasets.\(set).vis_processor.eval.image_size=64", "run.batch_size_eval=4",
        ]
    }

    private func answering(_ set: String, _ type: String, task: String, split: String, model: String = "") -> String {
        """
        model:
          arch: blip2_opt
          model_type: pretrain_opt2.7b
          use_grad_checkpoint: False
          load_pretrained: True
          pretrained: /home/someone/output/checkpoint_9.pth
          \(model)

        datasets:
          \(set): # name of the dataset builder
            \(type)
            vis_processor:
                eval:
                  name: "blip_image_eval"
                  image_size: 224
            text_processor:
                eval:
                  name: "blip_question"

        run:
          task: \(task)
          batch_size_train: 16
          batch_size_eval: 64
          num_workers: 4

          max_len: 10
          min_len: 1
          num_beams: 5
          use_nucleus_sampling: False,
          length_penalty: -1,
          _apply_lemmatizer: True,
          inference_method: "generate"
          prompt: "Question: {} Short answer:"

          seed: 42
          output_dir: "output/there"

          evaluate: True
          test_splits: ["\(split)"]

          device: "cuda"
          world_size: 1
          dist_url: "env://"
          distributed: True
        """
    }

    private func predictions(_ output: URL, _ split: String) throws -> String {
        try String(contentsOf: output.appending(path: "\(split)/predictions.json"), encoding: .utf8)
    }

    /// What this project's own configuration gives with the same model and settings.
    private func own(_ task: String, _ options: [String] = []) throws -> String {
        let output = folder.file("own-\(UUID().uuidString)")
        try small.evaluate(small.configuration(task), options: options, in: output)
        return try predictions(output, "test")
    }

    @Test func gqaAndVQAv2() throws {
        try small.evaluate(
            answering("gqa", "type: balanced_testdev", task: "gqa", split: "val"), options: options("gqa"),
            in: folder.file("gqa"))
        #expect(try predictions(folder.file("gqa"), "val") == own("gqa"))
        try small.evaluate(
            answering("coco_vqa", "type: eval", task: "vqa", split: "val"), options: options("coco_vqa"),
            in: folder.file("vqa"))
        #expect(try predictions(folder.file("vqa"), "val") == own("vqa"))
        let results = try JSONDocument(contentsOf: folder.file("vqa/val/results.json")).root
        #expect(try results["scores"]["perAnswerType"].object.count == 3)
        #expect(
            try results["remarks"].array.map { try $0.string }.contains {
                $0.contains("run.length_penalty, run.use_nucleus_sampling, run._apply_lemmatizer: not used")
            })
    }

    @Test func okvqa() throws {
        let table = try small.evaluate(
            answering("ok_vqa", "", task: "vqa", split: "test", model: "apply_lemmatizer: True"),
            options: options("ok_vqa"), in: folder.file("okvqa"))
        #expect(try #require(table).contains("18 questions"), "two open questions about each of nine pictures")
        let scores = try JSONDocument(contentsOf: folder.file("okvqa/test/results.json")).root["scores"]
        #expect(
            try scores["without_lemmatizer"]["count"].int == 18 && table?.contains("without the lemmatizer") == true)
    }

    @Test func noCapsWritesForTheServerAlone() throws {
        let text = """
            model:
              arch: blip2_opt
              model_type: caption_coco_opt2.7b
              load_finetuned: False
              load_pretrained: True
              pretrained: "/home/someone/checkpoint_best.pth"
            datasets:
              nocaps:
                vis_processor:
                    eval:
                      name: "blip_image_eval"
                      image_size: 364
                text_processor:
                    eval:
                      name: "blip_caption"
            run:
              task: captioning
              batch_size_train: 32
              batch_size_eval: 64
              num_workers: 4
              max_len: 20
              min_len: 5
              num_beams: 3
              seed: 42
              output_dir: "output/there"
              evaluate: True
              test_splits: ["val", "test"]
              device: "cuda"
              world_size: 1
              dist_url: "env://"
              distributed: True
              report_metric: False
            """
        let output = folder.file("nocaps")
        try small.evaluate(text, options: options("nocaps"), in: output)
        let expected = try own(
            "nocaps", ["run.num_beams=3", "run.max_len=20", "run.min_len=5", "run.prompt=\"a photo of\""])
        #expect(try predictions(output, "val") == expected && predictions(output, "test") == expected)
        #expect(try JSONDocument(contentsOf: output.appending(path: "val/results.json")).root["scores"].isNull)
    }

    @Test(arguments: ["coco_retrieval", "flickr30k"]) func retrieval(set: String) throws {
        let text = """
            model:
              arch: blip2
              model_type: coco
              use_grad_checkpoint: False
              load_finetuned: False
              load_pretrained: True
              pretrained: "/home/someone/checkpoint_9.pth"
            datasets:
              \(set):
                vis_processor:
                    train:
                      name: "blip_image_train"
                      image_size: 364
                    eval:
                      name: "blip_image_eval"
                      image_size: 364
                text_processor:
                    train:
                      name: "blip_caption"
                    eval:
                      name: "blip_caption"
            run:
              task: retrieval
              num_workers: 4
              batch_size_train: 16
              batch_size_eval: 32
              train_splits: ["train"]
              valid_splits: ["val"]
              test_splits: ["test"]
              device: "cuda"
              world_size: 1
              dist_url: "env://"
              distributed: True
              use_dist_eval_sampler: False
              k_test: 128
              seed: 42
              output_dir: "output/there"
              evaluate: True
            """
        let output = folder.file("retrieval")
        try small.evaluate(
            text, options: options(set, checkpoint: "stage1", vision: "vit-stage1") + ["run.k_test=7"], in: output)
        #expect(try predictions(output, "test") == own("retrieval", ["run.k_test=7"]))
    }

    @Test func whatIsWrongIsSaid() throws {
        func message(_ text: String, _ options: [String]) -> String {
            small.message { try small.evaluate(text, options: options, in: folder.file("run")) }
        }
        let text = answering("gqa", "type: balanced_testdev", task: "gqa", split: "val")
        let missing = message(text, [])
        #expect(
            missing.contains("model.pretrained: /home/someone/output/checkpoint_9.pth: there is no such file"),
            "\(missing)")
        let unknown = message(text, options("gqa") + ["run.num_beam=3"])
        #expect(unknown.contains("run.num_beam") && unknown.contains("num_beams"), "\(unknown)")
        let split = message(text, options("gqa") + ["run.test_splits=[train]"])
        #expect(split.contains("datasets.gqa") && split.contains("has no split train, only test, val"), "\(split)")
        let frozen = message(text, options("gqa") + ["model.opt_model=/nowhere"])
        #expect(frozen.contains("/nowhere"), "\(frozen)")
        let training = message(text, options("gqa") + ["run.evaluate=False"])
        #expect(training.contains("run.evaluate") && training.contains("`train`"), "\(training)")
    }
}
