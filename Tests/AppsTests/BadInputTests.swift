import Checkpoints
import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// What users get wrong: one clear line on standard error, exit code 1, nothing half-written.
struct BadInputTests {
    private let world: MiniWorld
    let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    var model: URL { world.demo.appendingPathComponent("pformer/finetune/model") }
    var picture: URL { world.demo.appendingPathComponent("world/images/test/world_000321.jpg") }

    func caption(_ image: String, model: String? = nil) throws -> BuiltProgram.Outcome {
        try BuiltProgram("caption").run(["--model", model ?? self.model.path, image], in: folder.url)
    }

    private func train(_ recipe: String, _ options: [String] = []) throws -> BuiltProgram.Outcome {
        try BuiltProgram("train").run(
            ["--cfg-path", recipe, "--output-dir", folder.file("run").path] + (options.isEmpty ? [] : ["--options"])
                + options, in: world.clone)
    }

    /// Expects one error, whose further lines, if any, are indented, that holds all of these, and the exit code 1.
    func expect(
        _ outcome: BuiltProgram.Outcome, says words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.code == 1, "\(outcome)", sourceLocation: sourceLocation)
        #expect(outcome.errorCount == 1, "\(outcome)", sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errors.contains(word), "lacks \(word): \(outcome)", sourceLocation: sourceLocation)
        }
    }

    @Test func missingImage() throws {
        let outcome = try BuiltProgram("caption").run(
            ["--model", model.path, "nowhere.jpg", picture.path], in: folder.url)
        expect(outcome, says: ["caption: ", "nowhere.jpg"])
        #expect(outcome.output.hasPrefix("\(picture.path)\t"), "the other picture has its caption: \(outcome)")
    }

    @Test func halfAJPEG() throws {
        let bytes = try Data(contentsOf: picture)
        try bytes.prefix(bytes.count / 2).write(to: folder.file("half.jpg"))
        expect(try caption("half.jpg"), says: ["caption: ", "half.jpg"])
        try bytes.prefix(10).write(to: folder.file("stub.jpg"))
        expect(try caption("stub.jpg"), says: ["caption: ", "stub.jpg"])
        try Data("GIF89a".utf8).write(to: folder.file("other.jpg"))
        expect(try caption("other.jpg"), says: ["caption: ", "other.jpg"])
    }

    @Test func missingImageOfAnAnnotationFile() throws {
        let list = folder.file("list.json")
        try Data(#"[{"image": "test/gone_000001.jpg", "caption": ["a circle"]}]"#.utf8).write(to: list)
        let images = world.demo.appendingPathComponent("world/images").path
        let outcome = try BuiltProgram("evaluate").run(
            ["captions", "--model", model.path, "--images", images, "--references", list.path, "--output", "p.json"],
            in: folder.url)
        expect(outcome, says: ["evaluate: ", "test/gone_000001.jpg"])
        #expect(folder.names == ["list.json"])
    }

    @Test func unknownKeyNamesTheNearest() throws {
        let recipe = folder.file("recipe.yaml")
        let text = try String(
            contentsOf: world.clone.appendingPathComponent("Apps/train/recipes/world/stage1.yaml"), encoding: .utf8)
        try text.replacing("max_epoch:", with: "max_epochs:").write(to: recipe, atomically: true, encoding: .utf8)
        expect(try train(recipe.path), says: ["recipe.yaml:", "max_epoch"])
        try text.replacing("run:", with: "run:\n  clip_norn: 1.0").write(to: recipe, atomically: true, encoding: .utf8)
        expect(try train(recipe.path), says: ["recipe.yaml:", "run.clip_norn", "the nearest valid key is clip_norm"])
        #expect(folder.names == ["recipe.yaml"])
    }

    @Test func unknownOptionNamesTheNearest() throws {
        expect(
            try train("Apps/train/recipes/world/stage1.yaml", ["run.seeds=1"]),
            says: ["run.seeds", "the nearest valid key is seed"])
        #expect(folder.names.isEmpty)
    }

    @Test func wrongType() throws {
        expect(
            try train("Apps/train/recipes/world/stage1.yaml", ["run.batch_size_train=many"]),
            says: ["run.batch_size_train", "many", "wanted"])
        expect(
            try train("Apps/train/recipes/world/stage1.yaml", ["run.init_lr=[1, 2]"]),
            says: ["run.init_lr", "a list", "wanted"])
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [
        ("run.max_epoch=1e300", "at most 1000000"), ("run.accum_grad_iters=9223372036854775807", "1 to 1000000000"),
        ("model.num_query_token=0", "1 to 4096"), ("model.num_query_token=1000000000", "1 to 4096"),
        ("model.max_txt_len=-1", "1 to 65536"), ("model.embed_dim=0", "1 to 32768"),
        ("model.cross_attention_freq=0", "1 to 512"), ("datasets.pairs.max_words=-1", "at least 1"),
    ])
    func numbersOutOfRange(option: String, range: String) throws {
        let key = option.prefix { $0 != "=" }
        expect(
            try train("Apps/train/recipes/world/stage1.yaml", [option]), says: ["train: option ", "\(key): is ", range])
        #expect(folder.names.isEmpty)
    }

    @Test func missingCheckpointKey() throws {
        try copyModel { $0.removeAll { $0.name == "language_projection.bias" } }
        expect(
            try caption(picture.path, model: "model"), says: ["model/model.safetensors", "opt_proj.bias", "missing"])
    }

    @Test func wrongShapeInACheckpoint() throws {
        try copyModel { weights in
            guard let place = weights.firstIndex(where: { $0.name == "language_projection.weight" }) else { return }
            let shape = weights[place].tensor.shape
            weights[place].tensor = weights[place].tensor.reshaped(to: [shape[0] * 2, shape[1] / 2])
        }
        expect(
            try caption(picture.path, model: "model"),
            says: ["model/model.safetensors", "opt_proj.weight", "[256, 64]"])
    }

    /// The picture, the beginning of the text and all new tokens but the last need a position each.
    @Test func captionsLongerThanTheModelCanCount() throws {
        let sizes = try JSONDocument(contentsOf: model.appendingPathComponent("config.json")).root
        let positions = try sizes["text_config"]["max_position_embeddings"].int
        let limit = positions - (try sizes["num_query_tokens"].int)
        for (length, code) in [(limit, 0), (limit + 1, 1), (9_999_999, 1)] {
            let outcome = try BuiltProgram("caption").run(
                ["--model", model.path, "--num-beams", "1", "--max-length", "\(length)", picture.path], in: folder.url)
            #expect(outcome.code == code, "\(length): \(outcome)")
            if code == 1 {
                expect(outcome, says: ["caption: ", "\(length)", "\(positions) positions", "wanted at most \(limit)"])
            }
        }
    }

    @Test(arguments: ["7", "40", "4112"]) func pictureSizesThatPatchesDoNotFill(size: String) throws {
        for options in [[], ["--dry-run"], ["--question", "how many?"]] {
            let outcome = try BuiltProgram("caption").run(
                ["--model", model.path, "--image-size", size] + options + [picture.path], in: folder.url)
            expect(
                outcome, says: ["caption: \(model.path): takes pictures in patches of 16 pixels", " \(size) to a side"])
        }
    }

    @Test func anEmptyListAndATemplateWithoutAPlace() throws {
        try Data().write(to: folder.file("list.txt"))
        let caption = try BuiltProgram("caption")
        expect(
            try caption.run(["--model", model.path, "--list", "list.txt"], in: folder.url),
            says: ["list.txt: is empty, wanted a path a line"])
        let template = try caption.run(
            ["--model", model.path, "--question", "how many?", "--template", "Question:", picture.path], in: folder.url)
        #expect(template.code == 2 && template.errors.contains("--template is \"Question:\", wanted {}"), "\(template)")
    }

    /// What stands where a folder is to be made is kept, unless it is a model's.
    @Test func convertReplacesModelsAlone() throws {
        try Data("mine".utf8).write(to: folder.file("notes.txt"))
        let convert = try BuiltProgram("convert")
        expect(
            try convert.run(["--output", "notes.txt", model.path], in: folder.url),
            says: ["notes.txt: stands where a folder is wanted"])
        let before = folder.names
        expect(
            try convert.run(["--output", folder.url.path, model.path], in: folder.url),
            says: ["\(folder.url.path): holds notes.txt and no config.json", "name another"])
        #expect(folder.names == before)
        #expect(try String(contentsOf: folder.file("notes.txt"), encoding: .utf8) == "mine")
        for _ in 0..<2 { #expect(try convert.run(["--output", "model", model.path], in: folder.url).code == 0) }
        #expect(folder.names == (before + ["model"]).sorted())
    }

    /// A whole model takes no parts from elsewhere.
    @Test func convertRefusesWhatItWouldNotUse() throws {
        for option in ["vision", "language", "sizes"] {
            let outcome = try BuiltProgram("convert").run(
                ["--output", "out", "--\(option)", "elsewhere", model.path], in: folder.url)
            #expect(outcome.code == 2 && outcome.errors.contains("--\(option) is of no use here: "), "\(outcome)")
        }
        #expect(folder.names == [])
    }

    @Test func textsThatCannotBeRead() throws {
        let tokenize = try BuiltProgram("tokenize")
        let start = ["--tokenizer", world.demo.appendingPathComponent("language/model").path]
        expect(
            try tokenize.run(start + ["nowhere.txt"], in: folder.url),
            says: ["tokenize: nowhere.txt: cannot be read: No such file or directory"])
        expect(
            try tokenize.run(start + ["."], in: folder.url),
            says: ["tokenize: .: cannot be read as lines of text; a file is wanted"])
        try Data("{\"ids\":[2]}\n{\"ids\":[2,}\n".utf8).write(to: folder.file("ids.jsonl"))
        expect(
            try tokenize.run(start + ["--decode", "ids.jsonl"], in: folder.url),
            says: ["tokenize: ids.jsonl:2:11: wanted a value, found }"])
    }

    @Test func aWorldWhereAFileStands() throws {
        try Data("mine".utf8).write(to: folder.file("notes.txt"))
        let program = try BuiltProgram("world")
        expect(
            try program.run(["--output", "notes.txt", "--train", "8", "--test", "2"], in: folder.url),
            says: ["world: ", "notes.txt"])
        for option in ["--size=3", "--train=9223372036854775807", "--sentences=0", "--nocaps=4"] {
            let outcome = try program.run(["--output", "w", option], in: folder.url)
            #expect(outcome.code == 2 && outcome.errors.contains(", wanted "), "\(outcome)")
        }
        #expect(folder.names == ["notes.txt"])
    }

    @Test func missingModel() throws {
        expect(try caption(picture.path, model: "nothing"), says: ["caption: ", "nothing/config.json"])
    }

    /// Copies the captioner with other weights.
    func copyModel(_ change: (inout [(name: String, tensor: Tensor)]) -> Void) throws {
        let copy = folder.file("model")
        try FileManager.default.copyItem(at: model, to: copy)
        let source = try Checkpoint.open(model)
        var weights = try source.names.map { (name: $0, tensor: try source.tensor(named: $0)) }
        let count = weights.count
        change(&weights)
        #expect(weights.count >= count - 1)
        try Safetensors.write(weights, metadata: ["format": "pt"], to: copy.appendingPathComponent("model.safetensors"))
    }
}
