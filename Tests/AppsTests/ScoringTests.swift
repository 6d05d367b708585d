import Foundation
import JSON
import TestSupport
import Testing

/// `evaluate` on files: right numbers, or one clear error.
struct ScoringTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let truth = """
        {"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2}, {"id": "x"}], "annotations": [
         {"image_id": 1, "caption": "a dog runs"}, {"image_id": "1", "caption": "a dog is running"},
         {"image_id": 2, "caption": "two cats"}, {"image_id": "x", "caption": "a horse"}]}
        """
    private static let results = """
        [{"image_id": "2", "caption": "two cats"}, {"image_id": 1, "caption": ""}, {"image_id": "x", "caption": "a\\nhorse"}]
        """

    private func write(_ files: [String: String]) throws {
        for (name, text) in files { try Data(text.utf8).write(to: folder.file(name)) }
    }

    private func evaluate(_ arguments: String...) throws -> BuiltProgram.Outcome {
        let words = arguments.flatMap { $0.split(separator: " ").map(String.init) }
        // The machine's own data must not be found.
        return try BuiltProgram("evaluate").run(words, in: folder.url, under: "unset BLIP_METEOR; exec \"$@\"")
    }

    private func json(_ outcome: BuiltProgram.Outcome) throws -> JSONValue {
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        return try JSONDocument(parsing: Array(outcome.output.utf8), name: "output").root
    }

    private func expect(
        _ outcome: BuiltProgram.Outcome, says words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(outcome.code == 1 && outcome.output.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
        #expect(
            outcome.errors.hasPrefix("evaluate: ") && outcome.errorCount == 1, "\(outcome)",
            sourceLocation: sourceLocation)
        for word in words {
            #expect(outcome.errors.contains(word), "lacks \(word): \(outcome)", sourceLocation: sourceLocation)
        }
    }

    @Test func idsAreTextOrNumbersAndCaptionsMayBeEmpty() throws {
        try write(["r.json": Self.truth, "p.json": Self.results])
        let scores = try json(
            evaluate("captions --predictions p.json --references r.json --json --per-image i.jsonl --bootstrap 50"))
        #expect(try scores["count"].int == 3)
        #expect(abs(try scores["ROUGE_L"].double - 2 / 3.0) < 1e-12)
        #expect(try scores["METEOR"].isNull && scores["notes"]["METEOR"].string.hasPrefix("not computed"))
        let interval = try scores["interval"]["ROUGE_L"].array.map { try $0.double }
        #expect(interval.count == 2 && interval[0] <= 2 / 3.0 && 2 / 3.0 <= interval[1])
        let lines = try String(contentsOf: folder.file("i.jsonl"), encoding: .utf8).split(separator: "\n")
        let images = try lines.map { try JSONDocument(parsing: Array($0.utf8), name: "line").root }
        #expect(try images.map { try $0["ROUGE_L"].double } == [0, 1, 1])
        #expect(try images[0]["image_id"].int == 1 && images[2]["image_id"].string == "x")
        #expect(try images[2]["caption"].string == "a\nhorse")
        #expect(try images[0].optional("METEOR") == nil)
    }

    @Test func oneImageHasNoCIDErUnlessFrequenciesAreNamed() throws {
        try write([
            "r.json": #"[{"image_id": 7, "caption": ["a dog runs"]}]"#,
            "p.json": #"[{"image_id": 7, "caption": "a dog runs"}]"#,
            "all.json": Self.truth,
        ])
        let arguments = "captions --predictions p.json --references r.json"
        let table = try evaluate(arguments)
        #expect(table.output.contains("undefined: one image"), "\(table)")
        expect(try evaluate("idf --references r.json --output f.json"), says: ["r.json", "two images"])
        #expect(!folder.names.contains("f.json"))
        #expect(try evaluate("idf --references all.json --output f.json").code == 0)
        // Its three trigrams and more are in no other image; quadrigrams it has none.
        #expect(abs(try json(evaluate(arguments, "--json --idf f.json"))["CIDEr"].double - 7.5) < 1e-9)
    }

    @Test(arguments: [
        ("p", #"[{"image_id": 1, "caption": "a dog"#, ["p.json"]),
        ("p", #"{"image_id": 1, "caption": "a dog"}"#, ["p.json", "wanted results: [{\"image_id\""]),
        ("p", #"[[1, "a dog"]]"#, ["p.json", "$[0]", "an array", "wanted an object"]),
        ("p", #"[{"image_id": 1, "caption": null}]"#, ["p.json", "$[0].caption", "wanted a string"]),
        ("p", #"[{"image_id": 1, "text": "a dog"}]"#, ["p.json", "$[0]", "caption"]),
        ("p", #"[{"image_id": 1.5, "caption": "a dog"}]"#, ["p.json", "$[0].image_id", "an integer or a string"]),
        ("p", "", ["p.json"]),
        ("p", "[]", ["p.json", "r.json", "3 images without a prediction: 1, 2, x"]),
        ("r", #"{"images": {}, "annotations": []}"#, ["r.json", "$.images", "wanted an array"]),
        ("r", #"{"images": [{"id": 1}]}"#, ["r.json", "annotations"]),
        (
            "r", #"{"images": [], "annotations": [{"image_id": 3, "caption": "a"}]}"#,
            ["r.json", "image 3 is not in the list"]
        ),
        ("r", #"[{"image_id": 1, "caption": ["a", 2]}]"#, ["r.json", "$[0].caption[1]", "wanted a string"]),
        ("r", "\"text\"", ["r.json", "wanted COCO's ground truth"]),
    ])
    func filesThatAreNotWhatTheyShouldBe(_ which: String, _ text: String, _ words: [String]) throws {
        try write(["r.json": Self.truth, "p.json": Self.results])
        try write(["\(which).json": text])
        expect(
            try evaluate("captions --predictions p.json --references r.json --per-image i.jsonl --html h.html"),
            says: words)
        #expect(folder.names == ["p.json", "r.json"])
    }

    @Test func bytesThatAreNoText() throws {
        try write(["r.json": Self.truth])
        try Data(Array(#"[{"image_id": 1, "caption": "a"#.utf8) + [0xC3, 0x28] + Array(#""}]"#.utf8)).write(
            to: folder.file("p.json"))
        expect(try evaluate("captions --predictions p.json --references r.json"), says: ["p.json", "UTF-8"])
        expect(
            try evaluate("captions --predictions r.json --references gone.json"), says: ["gone.json", "No such file"])
        expect(try evaluate("captions --predictions r.json --references ."), says: ["Is a directory"])
    }

    @Test func imagesWithoutReferencesOrPredictions() throws {
        try write([
            "r.json": #"{"images": [{"id": 1}, {"id": 2}], "annotations": [{"image_id": 1, "caption": "a dog"}]}"#,
            "p.json":
                #"[{"image_id": 1, "caption": "a dog"}, {"image_id": 2, "caption": "a"}, {"image_id": 2, "caption": "b"}]"#,
        ])
        let arguments = "captions --predictions p.json --references r.json"
        expect(
            try evaluate(arguments),
            says: ["1 image predicted more than once: 2", "1 image without reference captions: 2"])
        let scores = try json(evaluate(arguments, "--missing skip --json"))
        #expect(
            try scores["count"].int == 1 && scores["left_out"]["duplicates"]["first"].array.map { try $0.int } == [2])
        #expect(try abs(scores["Bleu_2"].double - 1) < 1e-8)
    }

    @Test func otherFilesInPlaceOfTheRightOnes() throws {
        let answers = #"[{"question_id": 1, "answer": "red"}]"#
        try write(["r.json": Self.truth, "p.json": Self.results, "x": "no such data", "q.json": answers])
        let arguments = "captions --predictions p.json --references r.json"
        expect(
            try evaluate(arguments, "--meteor x"), says: ["x: wanted METEOR data as `evaluate meteor-data` writes them"]
        )
        expect(try evaluate(arguments, "--idf p.json"), says: ["p.json", "image_count"])
        expect(
            try evaluate("meteor-data --jar x --paraphrases x --output y"), says: ["x: wanted a zip archive"])
        expect(try evaluate("retrieval --scores x --references r.json"), says: ["x"])
        expect(
            try evaluate("nocaps --predictions p.json --references r.json"), says: ["r.json", "image 1 has no domain"])
        expect(try evaluate("vqa --predictions q.json --annotations r.json"), says: ["r.json", "answers"])
        expect(try evaluate("gqa --predictions q.json --annotations r.json"), says: ["r.json", "$.images"])
        #expect(folder.names == ["p.json", "q.json", "r.json", "x"])
    }

    @Test(arguments: [
        "--metrics blue", "--metrics ,", "--bootstrap 0", "--missing maybe", "--seed -1", "--images pictures",
        "--compare",
    ])
    func wrongOptions(_ option: String) throws {
        try write(["r.json": Self.truth, "p.json": Self.results])
        let outcome = try evaluate("captions --predictions p.json --references r.json", option)
        #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
        #expect(
            outcome.errors.hasPrefix("Error: ") && outcome.errors.contains("Usage: evaluate captions"), "\(outcome)")
    }

    @Test func thePageHoldsAllThatItNeeds() throws {
        try write(["r.json": Self.truth, "p.json": Self.results])
        try write(["q.json": Self.results.replacing("two cats", with: "<b>two</b> dogs")])
        let outcome = try evaluate(
            "captions --predictions p.json --references r.json --compare q.json --bootstrap 20 --html page.html")
        #expect(outcome.code == 0 && outcome.output.contains("second system against first"), "\(outcome)")
        let page = try String(contentsOf: folder.file("page.html"), encoding: .utf8)
        #expect(!page.contains("http") && !page.contains(" src=\"") && page.contains("<script>"))
        for text in ["a dog is running", "two cats", "(empty)", "METEOR", "aria-label=\"CIDEr\"", "95 % interval"] {
            #expect(page.contains(text), "lacks \(text)")
        }
        #expect(folder.names == ["p.json", "page.html", "q.json", "r.json"])
    }

    @Test func answersAndRecall() throws {
        try write([
            "p.json": #"[{"question_id": 1, "answer": "Two"}, {"question_id": "2", "answer": "the dog."}]"#,
            "a.json":
                #"[{"question_id": 1, "answer": ["2", "2", "2", "2"]}, {"question_id": 2, "answer": ["cat", "dog"]}]"#,
            "g.json": #"{"1": {"answer": "2"}, "2": {"answer": "cat"}}"#,
            "r.json": #"[{"image_id": 1, "caption": ["a", "b"]}, {"image_id": 2, "caption": ["c"]}]"#,
            "s.json": "[[3, 1, 2], [0, 2, 5]]",
        ])
        #expect(try json(evaluate("vqa --predictions p.json --annotations a.json --json"))["overall"].double == 58.33)
        #expect(try json(evaluate("gqa --predictions p.json --annotations g.json --json"))["overall"].double == 50)
        let recall = try json(evaluate("retrieval --scores s.json --references r.json --json"))
        #expect(try recall["txt_r1"].double == 100 && abs(recall["img_r1"].double - 200 / 3.0) < 1e-9)
        expect(
            try evaluate("vqa --predictions p.json --annotations g.json"), says: ["g.json", "annotations"])
    }
}
