import Foundation
import Recipes
import Testing

/// What is wrong in a recipe is named, with the place and what would be right.
struct StrictnessTests {
    private let runs: SmallRuns

    init() throws { runs = try SmallRuns.trained.get() }

    private func message(_ name: String, options: [String] = [], edit: (String) -> String = { $0 }) -> String {
        let text = runs.message { try runs.prepare(name, options: options, edit: edit) }
        // The copy that is read bears a name of its own.
        return text.replacing(/\b[a-z0-9_]+-[0-9A-F-]{36}\.yaml/, with: "recipe.yaml")
    }

    private func replacing(_ line: String, by other: String) -> (String) -> String {
        { text in
            #expect(text.contains(line))
            return text.replacingOccurrences(of: line, with: other)
        }
    }

    @Test(arguments: SmallRuns.names) func anUnknownKeyIsRefusedInEverySection(_ name: String) {
        for (section, key, nearest) in [
            ("run", "init_lrr", "init_lr"), ("model", "archh", "arch"), ("datasets", "pair", ""),
        ] {
            let message = message(name, options: ["\(section).\(key)=1"])
            #expect(message.contains("\(section).\(key): unknown key"), "\(message)")
            if !nearest.isEmpty { #expect(message.hasSuffix("the nearest valid key is \(nearest)"), "\(message)") }
        }
        let message = message(name, options: ["runn.seed=1"])
        #expect(message.contains("runn: unknown key; the nearest valid key is run"), "\(message)")
    }

    @Test func aMissingKeyIsNamedWithItsType() {
        #expect(
            message("stage1", edit: replacing("  init_lr: 1.0e-3\n", by: ""))
                .contains("run.init_lr: is missing, wanted a number"))
        #expect(
            message("stage2_pformer", edit: replacing("  pretrained_stage0: .demo/stage0/model\n", by: ""))
                .contains("model.pretrained_stage0: is missing, wanted a string"))
    }

    @Test func aWrongTypeIsNamedWithTheLine() {
        let message = message("stage0", edit: replacing("seed: 42", by: "seed: many"))
        #expect(message.hasPrefix("recipe.yaml:"), "\(message)")
        #expect(message.contains("run.seed: found the string \"many\", wanted an integer"), "\(message)")
        #expect(
            self.message("stage1", edit: replacing("arch: blip2\n", by: "arch: blip3\n")).contains("model.arch: found"))
    }

    @Test func aValueOutOfItsRangeIsNamed() {
        #expect(
            message("stage1", options: ["run.accum_grad_iters=0"])
                .contains("run.accum_grad_iters: is 0, wanted 1 to 1000000000"))
        #expect(message("vision", options: ["model.vision.heads=5"]).contains("does not divide the width"))
        #expect(message("language", options: ["model.block_length=1000"]).contains("model.block_length: is 1000"))
    }

    @Test(arguments: [
        ("vision", "model.vision.layers=-1", "is -1, wanted 1 to 512"),
        ("vision", "model.vision.width=9000000000", "is 9000000000, wanted 1 to 32768"),
        ("vision", "model.text.hidden_width=0", "is 0, wanted 1 to 131072"),
        ("vision", "model.text.positions=-1", "is -1, wanted 1 to 1048576"),
        ("vision", "model.text.dropout=1", "is 1.0, wanted 0 to below 1"),
        ("vision", "model.embed_dim=900000000", "is 900000000, wanted 1 to 32768"),
        ("vision", "model.vision.patch_size=0", "is 0, wanted 1 to 4096"),
        ("language", "model.language.layers=0", "is 0, wanted 1 to 512"),
        ("language", "model.language.dropout=-0.5", "is -0.5, wanted 0 to below 1"),
    ])
    func aSizeThatNoModelHasIsNamed(_ name: String, option: String, problem: String) {
        let message = message(name, options: [option])
        let key = option.prefix { $0 != "=" }
        #expect(message.hasSuffix("\(key): \(problem)"), "\(message)")
    }

    /// Otherwise the first long text would end the run, maybe after days.
    @Test(arguments: [
        ("vision", "text encoder has 64 positions", 64), ("stage0", "P-Former has 64 positions", 64),
        ("stage1", "Q-Former has 64 positions", 64), ("stage1_pformer", "Q-Former has 64 positions", 64),
        ("stage2", "language model has 128 positions, of which the prompt takes 24", 104),
        ("stage2_pformer", "P-Former has 64 positions", 64),
    ])
    func aTextLimitBeyondThePositionsIsNamed(_ name: String, problem: String, most: Int) {
        let message = message(name, options: ["model.max_txt_len=\(most + 1)"])
        #expect(
            message.contains("model.max_txt_len: is \(most + 1), wanted at most \(most): the \(problem)"), "\(message)")
        #expect(self.message(name, options: ["model.max_txt_len=\(most)"]) == "no error")
    }

    @Test func aTeacherOfOtherPromptsIsNamed() {
        let message = message("stage1_pformer", options: ["model.num_query_token=8"])
        #expect(
            message.contains("stage0/model: writes prompts of 24 vectors with 128 elements, wanted 8 with 128"),
            "\(message)")
    }

    @Test func aMissingFileIsNamed() {
        #expect(
            message("stage1", options: ["model.vit_model=nowhere"])
                .contains("nowhere/config.json: cannot be read"))
        #expect(message("stage2", options: ["datasets.pairs.annotations=no.json"]).contains("no.json"))
        #expect(message("language", options: ["model.tokenizer=nowhere"]).contains("nowhere/vocab.json"))
    }

    @Test func aFolderOfAnotherKindIsNamed() {
        let message = message(
            "stage2", edit: replacing("opt_model: .demo/language/model", by: "opt_model: .demo/stage0/model"))
        #expect(
            message.contains(".demo/stage0/model/config.json")
                && message.contains("\"blip-2-pformer\", wanted a folder with a model of the type \"opt\""),
            "\(message)")
    }

    @Test func nothingIsWrittenBeforeTrainingBegins() throws {
        let folder = runs.folder.appending(path: "untouched")
        _ = try runs.prepare("stage1", in: folder)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }
}
