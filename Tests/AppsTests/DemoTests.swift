import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

/// What `make demo` ends with, and what it does when it is called again.
struct DemoTests {
    private let world: MiniWorld

    init() throws { world = try MiniWorld.shared() }

    private var references: URL {
        world.demo.appendingPathComponent("world/annotations/coco_karpathy_test.json")
    }

    private func results(in folder: URL) throws -> JSONValue {
        try JSONDocument(contentsOf: folder.appendingPathComponent("results.json")).root
    }

    @Test(arguments: ["pformer", "baseline"]) func resultsAreTheScoresOfThePredictions(arm: String) throws {
        let predictions = world.demo.appendingPathComponent("\(arm)/predictions.json")
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions(contentsOf: predictions),
            references: CaptionReferences(contentsOf: references))
        let scores = try results(in: world.demo)[arm]
        for key in ["CIDEr", "Bleu_4", "ROUGE_L"] {
            #expect(try scores[key].double == evaluation.report[key])
        }
    }

    /// People's captions name what is to be seen, and score well where they belong only.
    @Test func judgesTheWorldsOwnCaptions() throws {
        let folder = try TemporaryFolder()
        let images = try CaptionReferences(contentsOf: references).images
        for (name, place) in [("first", 0), ("second", 1)] {
            let captions = CaptionPredictions(images.map { ($0.id, $0.captions[place]) })
            try JSONWriter().write(captions.tree, to: folder.file("\(name).json"))
        }
        let outcome = try BuiltProgram("judge").run(
            [
                "--world", world.demo.appendingPathComponent("world").path, "--pformer", "first.json", "--baseline",
                "second.json", "--output", ".", "--command", "try <this>",
            ], in: folder.url)
        #expect(outcome.code == 0, "\(outcome)")
        let results = try results(in: folder.url)
        for arm in ["pformer", "baseline"] {
            let scores = try results[arm]
            #expect(try scores["right_pairs"].double == 1)
            #expect(try scores["right_pairs_swapped"].double < 0.2)
            #expect(try scores["CIDEr"].double > 3 * scores["CIDEr_swapped"].double)
        }
        let difference = try results["difference"]
        let (one, other) = (try results["pformer"]["CIDEr"].double, try results["baseline"]["CIDEr"].double)
        #expect(abs(try difference["CIDEr"].double - (one - other)) < 1e-12)
        let bounds = try difference["CIDEr_interval"].array.map { try $0.double }
        #expect(bounds.count == 2 && bounds[0] < one - other && one - other < bounds[1], "\(bounds)")
        try expectPage(folder.file("report.html"), images.prefix(3).map { ($0.captions[0], $0.captions) })
    }

    private func expectPage(_ file: URL, _ examples: [(caption: String, references: [String])]) throws {
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(page.components(separatedBy: "<img ").count == 4 && page.contains("base64,"))
        #expect(!page.contains("http"), "the page needs something beside itself")
        #expect(page.contains("try &lt;this&gt;"))
        for example in examples {
            #expect(page.contains("<b>with P-Former: </b>\(example.caption)</div>"))
            for reference in example.references { #expect(page.contains("<b>reference: </b>\(reference)</div>")) }
        }
    }

    /// The commands that the demo would run now, with a file taken for changed.
    private func commands(changed file: String? = nil) throws -> [Substring] {
        let outcome = try BuiltProgram.shell(
            "unset MAKEFLAGS MAKELEVEL; exec make --dry-run --file Tools/Demo/stages.mk \"$@\"",
            world.makeArguments + (file.map { ["--what-if", $0] } ?? []), in: MiniWorld.repository)
        #expect(outcome.code == 0, "\(outcome)")
        return outcome.output.split(separator: "\n").filter { $0.hasPrefix(BuiltProgram.folder.path) }
    }

    @Test func keepsWhatIsFinished() throws {
        let again = try commands()
        #expect(again.count == 1 && again[0].contains("/judge "), "\(again)")
    }

    /// In front of T5 neither OPT nor what is made of it is trained.
    @Test func t5TakesThePlaceOfOPT() throws {
        let folder = try TemporaryFolder()
        let outcome = try BuiltProgram.shell(
            "unset MAKEFLAGS MAKELEVEL; exec make --dry-run --file Tools/Demo/stages.mk \"$@\"",
            ["DEMO=\(folder.url.path)", "SEED=1", "t5"], in: MiniWorld.repository)
        #expect(outcome.code == 0, "\(outcome)")
        let words = outcome.output.split { $0 == " " || $0 == "\n" }
        let runs = zip(words, words.dropFirst()).filter { $0.0 == "--output-dir" }
            .map { String($0.1.dropFirst(folder.url.path.count + 1)) }
        #expect(runs.first == "language_t5" && runs.count == 8)
        #expect(
            Set(runs) == [
                "language_t5", "vision", "stage0_t5", "baseline/stage1", "baseline/stage2_t5", "pformer/stage2_t5",
                "baseline/finetune_t5", "pformer/finetune_t5",
            ])
    }

    @Test func beginsAnewWhatHasAnotherRecipe() throws {
        let again = try commands(changed: "Apps/train/recipes/world/stage2.yaml")
        let programs = again.map { $0.split(separator: " ")[0].split(separator: "/").last ?? "" }
        #expect(programs == ["train", "train", "evaluate", "judge"])
        #expect(again.dropLast().allSatisfy { $0.contains("/baseline/") }, "\(again)")
    }
}
