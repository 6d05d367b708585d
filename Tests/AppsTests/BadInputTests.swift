import Checkpoints
import Foundation
import JSON
import Tensors
import TestSupport
import Testing

/// What users get wrong: one clear line on standard error, exit code 1, nothing half-written.
struct BadInputTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    private var model: URL { world.demo.appendingPathComponent("pformer/finetune/model") }
    private var picture: URL { world.demo.appendingPathComponent("world/images/test/world_000321.jpg") }

    private func caption(_ image: String, model: String? = nil) throws -> BuiltProgram.Outcome {
        try BuiltProgram("caption").run(["--model", model ?? self.model.path, image], in: folder.url)
    }

    private func train(_ recipe: String, _ options: [String] = []) throws -> BuiltProgram.Outcome {
        try BuiltProgram("train").run(
            ["--cfg-path", recipe, "--output-dir", folder.file("run").path] + (options.isEmpty ? [] : ["--options"])
                + options, in: world.clone)
    }

    /// Expects one error, whose further lines, if any, are indented, that holds all of these, and the exit code 1.
    private func expect(
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

    @Test func missingModel() throws {
        expect(try caption(picture.path, model: "nothing"), says: ["caption: ", "nothing/config.json"])
    }

    /// Copies the captioner with other weights.
    private func copyModel(_ change: (inout [(name: String, tensor: Tensor)]) -> Void) throws {
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
