import Configuration
import Foundation
import Testing

private enum Schedule: String, CaseIterable, ConfigurationValue {
    case cosine = "linear_warmup_cosine_lr"
    case step = "linear_warmup_step_lr"
}

private struct Run: Configurable, Equatable {
    var schedule: Schedule
    var rate: Float
    var epochs: Int
    var splits: [String]
    var isMixed: Bool
    var seed: Int?

    init(from section: ConfigurationSection) throws {
        schedule = try section.value("lr_sched", default: .cosine)
        rate = try section.required("init_lr")
        epochs = try section.required("max_epoch")
        splits = try section.value("train_splits", default: ["train"])
        isMixed = try section.value("amp", default: false)
        seed = try section.optional("seed")
        if epochs < 1 { throw section.error("max_epoch", "must be at least 1") }
    }
}

private struct DataSet: Configurable, Equatable {
    var weight: Double

    init(from section: ConfigurationSection) throws {
        weight = try section.value("weight", default: 1)
    }
}

private struct Whole: Configurable {
    var run: Run
    var sets: [(name: String, value: DataSet)]

    init(from section: ConfigurationSection) throws {
        run = try section.required("run")
        sets = try section.named("datasets")
    }
}

private func decode(_ text: String, _ options: String...) throws -> Whole {
    try ConfigurationDocument(text: text, name: "a.yaml", options: options).decode()
}

private func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

private let text = """
    # A recipe.
    run:
      lr_sched: linear_warmup_step_lr
      init_lr: 1e-4
      max_epoch: 10
      train_splits: [train, "val"]
      amp: yes
    datasets:
      coco: {weight: 2}
      sentences:
    """

@Suite struct DecodingTests {
    @Test func decodesTypedValues() throws {
        let whole = try decode(text)
        #expect(whole.run.schedule == .step)
        #expect(whole.run.rate == 1e-4)
        #expect(whole.run.epochs == 10)
        #expect(whole.run.splits == ["train", "val"])
        #expect(whole.run.isMixed)
        #expect(whole.run.seed == nil)
    }

    @Test func decodesTheUsersOwnNames() throws {
        let whole = try decode(text)
        #expect(whole.sets.map(\.name) == ["coco", "sentences"])
        #expect(whole.sets.map(\.value.weight) == [2, 1])
    }

    @Test func emptySettingsHaveTheirDefaults() throws {
        let run = try decode(text, "run.seed=", "run.lr_sched=", "run.train_splits=", "run.amp=").run
        #expect(run.seed == nil && run.schedule == .cosine && run.splits == ["train"] && !run.isMixed)
    }

    @Test(arguments: [
        ("run.seed=7", "no error"),
        ("run.init_lr=2", "no error"),
        ("datasets.vg.weight=0.5", "no error"),
        ("run.train_splits=[a, b]", "no error"),
        ("run.max_epoch=0", "option run.max_epoch=0: run.max_epoch: must be at least 1"),
        ("run.max_epoch=1e1", "option run.max_epoch=1e1: run.max_epoch: found 1e1, wanted an integer"),
        ("run.max_epoch=", "option run.max_epoch=: run.max_epoch: found nothing, wanted an integer"),
        ("run.init_lr.x=1", "option run.init_lr.x=1: run.init_lr: is not a section, so it has no x"),
        ("run=3", "option run=3: run: found 3, wanted a section with keys"),
        ("run.sed=3", "option run.sed=3: run.sed: unknown key; the nearest valid key is seed"),
        ("seed", "option seed: wanted key=value, as in run.seed=7"),
        ("run..seed=1", "option run..seed=1: wanted key=value, as in run.seed=7"),
        ("run.train_splits=[a", "option run.train_splits=[a: malformed YAML: did not find expected ',' or ']'"),
    ])
    func mergesOptions(option: String, expected: String) {
        #expect(message { try decode(text, option) } == expected)
    }

    @Test func laterOptionsWin() throws {
        let run = try decode(text, "run.seed=1", "run.seed=2", "run.train_splits=[x]").run
        #expect(run.seed == 2)
        #expect(run.splits == ["x"])
    }

    @Test(arguments: [
        (
            "init_lr: 1e-4", "int_lr: 1e-4",
            "a.yaml:3: run.init_lr: is missing, wanted a number; is int_lr on a.yaml:4 meant?"
        ),
        ("amp: yes", "epochs: 3", "a.yaml:7: run.epochs: unknown key; the nearest valid key is max_epoch"),
        ("amp: yes", "seed: 7.0", "a.yaml:7: run.seed: found 7.0, wanted an integer"),
        ("amp: yes", "seed: '7'", "a.yaml:7: run.seed: found the string \"7\", wanted an integer"),
        ("amp: yes", "amp: True,", "a.yaml:7: run.amp: found the string \"True,\", wanted true or false"),
        ("amp: yes", "amp: [1]", "a.yaml:7: run.amp: found a list, wanted true or false"),
        ("init_lr: 1e-4", "init_lr: 1e999", "a.yaml:4: run.init_lr: found 1e999, wanted a number"),
        ("init_lr: 1e-4", "init_lr: 1e39", "a.yaml:4: run.init_lr: found 1e39, wanted a number that float32 can hold"),
        ("max_epoch: 10", "max_epoch:", "a.yaml:5: run.max_epoch: found nothing, wanted an integer"),
        (
            "lr_sched: linear_warmup_step_lr", "lr_sched: cosine",
            "a.yaml:3: run.lr_sched: found the string \"cosine\", wanted one of linear_warmup_cosine_lr, linear_warmup_step_lr"
        ),
        ("[train, \"val\"]", "[train, 3]", "a.yaml:6: run.train_splits[1]: found 3, wanted a string"),
        ("  amp: yes", "amp: yes", "a.yaml:7: amp: unknown key; the nearest valid key is run"),
        ("amp: yes", "max_epoch: 3", "a.yaml:5: malformed YAML: the key max_epoch stands twice in its section"),
        ("  amp: yes", "\tamp: yes", "a.yaml:7: malformed YAML: found character that cannot start any token"),
    ])
    func refuses(original: String, changed: String, expected: String) {
        let text = text.replacingOccurrences(of: original, with: changed)
        #expect(message { try decode(text) } == expected)
    }

    @Test func namesMissingAndForeignFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("configuration-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("a.yaml")
        #expect(message { try ConfigurationDocument(contentsOf: file) } == "\(file.path): there is no such file")
        try Data([0x61, 0x3A, 0x20, 0xFF]).write(to: file)
        #expect(message { try ConfigurationDocument(contentsOf: file) } == "\(file.path): cannot be read as UTF-8 text")
        try Data(repeating: 0x20, count: 2 << 20).write(to: file)
        #expect(
            message { try ConfigurationDocument(contentsOf: file) }
                == "\(file.path): is larger than a configuration can be")
    }

    @Test func refusesBombs() {
        let aliases = (1...9).map {
            "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ","))]"
        }
        let bomb = "a0: &a0 [x]\n" + aliases.joined(separator: "\n")
        #expect(message { try decode(bomb) }.hasSuffix("the text stands for too many values"))
        #expect(message { try decode(String(repeating: "[", count: 200_000)) }.hasPrefix("a.yaml:1: malformed YAML"))
    }
}

@Suite struct LoggingTests {
    @Test func listsEverySettingAsAnOption() throws {
        let document = try ConfigurationDocument(text: text, name: "a.yaml")
        let _: Whole = try document.decode()
        let options = document.settings.map { "\($0.path)=\($0.value)" }
        #expect(
            options == [
                "run.lr_sched=linear_warmup_step_lr", "run.init_lr=0.0001", "run.max_epoch=10",
                "run.train_splits=[train, val]", "run.amp=true", "datasets.coco.weight=2.0",
                "datasets.sentences.weight=1.0",
            ])
        let again = try ConfigurationDocument(text: "", name: "options", options: options)
        let whole: Whole = try again.decode()
        #expect(whole.run == (try decode(text)).run)
    }

    @Test(arguments: [
        "plain", "a photo of ", "Question: {} Short answer:", "yes", "12", "", "~", "\"q\"\\\n", "é😀", "- x", "null",
        "a,b", "#c",
    ])
    func quotesStringsSoThatTheyReadBack(string: String) throws {
        struct Holder: Configurable {
            var prompt: String
            init(from section: ConfigurationSection) throws { prompt = try section.required("prompt") }
        }
        let option = "prompt=\(PlainValue.string(string))"
        let holder: Holder = try ConfigurationDocument(text: "", name: "t", options: [option]).decode()
        #expect(Array(holder.prompt.utf8) == Array(string.utf8))
    }
}
