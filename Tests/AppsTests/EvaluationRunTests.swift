import BLIP2
import Datasets
import EvaluationMetrics
import Foundation
import Images
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers

/// `evaluate run` on the small world, from pictures to numbers, beside slow and obvious ways to the same.
struct EvaluationRunTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    private func evaluate(_ name: String, _ options: [String], under conditions: String = "exec \"$@\"", in output: URL)
        throws -> BuiltProgram.Outcome
    {
        try BuiltProgram("evaluate").run(
            [
                "run", "--cfg-path", "Apps/evaluate/configurations/world/\(name).yaml", "--output-dir", output.path,
                "--json", "--options",
            ] + options, in: world.clone, under: "unset BLIP_METEOR; \(conditions)")
    }

    private func results(_ name: String, _ options: [String] = []) throws -> JSONValue {
        let outcome = try evaluate(name, options + ["run.batch_size_eval=7"], in: folder.file(name))
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        return try JSONDocument(parsing: Array(outcome.output.utf8), name: "output").root
    }

    private func predictions(_ name: String, _ split: String) throws -> [JSONValue] {
        try JSONDocument(contentsOf: folder.file("\(name)/\(split)/predictions.json")).root.array.map { $0 }
    }

    private func model(_ path: String) -> URL { world.demo.appending(path: "\(path)/model") }
    private func list(_ name: String) -> URL { world.demo.appending(path: "world/annotations/\(name)") }
    private var images: URL { world.demo.appending(path: "world/images") }

    // MARK: Questions

    private static let numbers = [
        "none": "0", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
        "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    ]

    /// VQAEval's rules, as far as the words of the small world need them.
    private func normalized(_ answer: String) -> String {
        var text = answer.replacing("\n", with: " ").trimmingCharacters(in: .whitespaces)
        let original = text
        for mark in ";/[]\"{}()=+\\_-><@`,?!" {
            let isApart = original.contains("\(mark) ") || original.contains(" \(mark)")
            text.replace(String(mark), with: isApart ? "" : " ")
        }
        text.replace(/\.(?!\d)/, with: "")
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).map {
            Self.numbers[String($0)] ?? String($0)
        }
        return words.filter { !["a", "an", "the"].contains($0) }.joined(separator: " ")
    }

    /// Each question by itself, against each of the ten answers by itself.
    private func slowAccuracies(_ path: String) throws -> [String: Double] {
        let questions = try Questions(contentsOf: list("vqa_val_eval.json"), imagesIn: images)
        let answerer = try QuestionAnswerer(directory: model(path))
        let annotations = try AnswerAnnotations(contentsOf: list("v2_mscoco_val2014_annotations.json")).annotations
        var sums: [String: (sum: Double, count: Double)] = [:]
        for number in 0..<questions.count {
            let question = try questions.question(number)
            let answer = try answerer.answers(
                to: [QuestionText()(question.text)], about: [question.picture.decode()])[0]
            let known = try #require(annotations.first { $0.questionID == question.id })
            let scores = known.answers.indices.map { left in
                let equal = known.answers.indices.filter { $0 != left && known.answers[$0] == normalized(answer) }
                return min(1, Double(equal.count) / 3)
            }
            let accuracy = scores.reduce(0, +) / Double(scores.count)
            for kind in ["all", known.answerType] {
                sums[kind, default: (0, 0)].sum += accuracy
                sums[kind, default: (0, 0)].count += 1
            }
        }
        return sums.mapValues { 100 * $0.sum / $0.count }
    }

    @Test(arguments: ["pformer", "baseline"]) func vqaByType(arm: String) throws {
        let results = try results("vqa", ["model.pretrained=.demo/\(arm)/stage2/model"])
        let scores = try results["scores"]
        let slow = try slowAccuracies("\(arm)/stage2")
        #expect(abs(try scores["overall"].double - (slow["all"] ?? 0)) < 0.006)
        for kind in ["yes/no", "number", "other"] {
            #expect(abs(try scores["perAnswerType"][kind].double - (slow[kind] ?? 0)) < 0.006, "\(kind)")
        }
        #expect(try scores["count"].int == 200)
        #expect(try results["prompt"].string == "Question: {} Short answer:")
        #expect(try results["decoding"]["length_penalty"].double == -1)
        #expect(try results["model"]["weights"].array.count == 1)
        let page = try String(contentsOf: folder.file("vqa/val/report.html"), encoding: .utf8)
        #expect(page.contains("base64,") && page.contains("yes/no") && !page.contains("http"))
        let samples = try String(contentsOf: folder.file("vqa/val/samples.jsonl"), encoding: .utf8).split(
            separator: "\n")
        let mean = try samples.reduce(0.0) {
            $0 + (try JSONDocument(parsing: Array($1.utf8), name: "sample").root["accuracy"].double)
        }
        #expect(abs(100 * mean / Double(samples.count) - (slow["all"] ?? 0)) < 1e-9)
    }

    @Test func gqaAndOKVQA() throws {
        let gqa = try results("gqa")
        let questions = try Questions(contentsOf: list("testdev_balanced_questions.json"), imagesIn: images)
        let truth = try (0..<questions.count).map { try questions.question($0) }
        let right = try zip(truth, predictions("gqa", "testdev")).count { question, prediction in
            #expect(try prediction["questionId"].string == String(question.id))
            return try normalized(prediction["prediction"].string) == question.answers[0]
        }
        #expect(abs(try gqa["scores"]["overall"].double - 100 * Double(right) / Double(truth.count)) < 0.006)
        let open = try results("okvqa")
        #expect(try open["scores"]["count"].int == 80, "two open questions about each of forty pictures")
    }

    // MARK: Captions

    @Test(arguments: ["pformer", "baseline"]) func captions(arm: String) throws {
        let results = try results("caption", ["model.pretrained=.demo/\(arm)/finetune/model"])
        let captioner = try Captioner(directory: model("\(arm)/finetune"))
        var options = Captioner.Options()
        options.minimumLength = 1
        let references = try CaptionReferences(contentsOf: list("coco_karpathy_test.json"))
        let slow = try references.images.map { image in
            (image.id, try captioner.caption(imageAt: images.appending(path: image.fileName ?? ""), options: options))
        }
        let written = try predictions("caption", "test")
        #expect(try written.map { try $0["caption"].string } == slow.map(\.1))
        let report = try CaptionEvaluation(predictions: CaptionPredictions(slow), references: references).report
        for key in ["Bleu_4", "ROUGE_L", "CIDEr"] {
            #expect(try results["scores"][key].double == report[key], "\(key)")
        }
    }

    @Test func noCapsByDomain() throws {
        let scores = try results("nocaps")["scores"]
        #expect(try scores.object.map(\.key) == ["in-domain", "near-domain", "out-domain", "overall"])
        let counts = try ["in-domain", "near-domain", "out-domain", "overall"].map { try scores[$0]["count"].int }
        #expect(counts == [50, 50, 50, 150])
    }

    // MARK: Retrieval

    /// How many stand before one of a row for certain, and how many may, if scores are rounded.
    private func ranks(_ row: [Float], of own: [Int]) -> ClosedRange<Int> {
        let tolerance: Float = 1e-4
        let best = own.map { row[$0] }.max() ?? 0
        return row.count { $0 > best + tolerance }...(row.count { $0 >= best - tolerance } - 1)
    }

    /// All pairs are matched, each row is ranked by itself. After so few steps many scores are all but equal.
    @Test(arguments: ["pformer", "baseline"]) func retrieval(arm: String) throws {
        let scores = try results("retrieval", ["model.pretrained=.demo/\(arm)/stage1/model", "run.k_test=200"])[
            "scores"]
        let parts = try ImageTextParts(directory: model("\(arm)/stage1"))
        let set = RetrievalSet(try EvaluationList(contentsOf: list("coco_karpathy_test.json"), imagesIn: images))
        let pixels = parts.processor.normalization.batch(
            of: try set.pictures.map { parts.processor.square(try $0.decode()) })
        let limit = RetrievalMatcher.textLimit
        let whole = RetrievalScores(
            pixels, MaskedTokens(parts.tokenizer.batch(set.texts, layout: .init(length: .fixed(limit), limit: limit))),
            model: parts.model, candidateCount: 200)
        func rows(_ matrix: Tensor) -> [[Float]] {
            let (count, width) = (matrix.shape[0], matrix.shape[1])
            return (0..<count).map { Array(matrix.scalars[$0 * width..<($0 + 1) * width]) }
        }
        let texts = zip(rows(whole.imagesToTexts), set.textsOfPicture).map { ranks($0, of: Array($1)) }
        let pictures = zip(rows(whole.textsToImages), set.pictureOfText).map { ranks($0, of: [$1]) }
        for (name, ranks) in [("txt", texts), ("img", pictures)] {
            for count in [1, 5, 10] {
                let share = 100 / Double(ranks.count)
                let least = share * Double(ranks.count { $0.upperBound < count })
                let most = share * Double(ranks.count { $0.lowerBound < count })
                let recall = try scores["\(name)_r\(count)"].double
                #expect(
                    least - 1e-9 <= recall && recall <= most + 1e-9, "\(name)_r\(count): \(least), \(recall), \(most)")
            }
        }
    }

    // MARK: Settings

    /// What is worked on together changes no text, and no number but by rounding.
    @Test func otherBatchSizes() throws {
        func run(_ name: String, _ size: Int) throws -> URL {
            let output = folder.file("\(name)-\(size)")
            let outcome = try evaluate(
                name, ["run.batch_size_eval=\(size)"] + (name == "retrieval" ? ["run.k_test=200"] : []), in: output)
            #expect(outcome.code == 0, "\(outcome)")
            return output
        }
        for (name, split) in [("vqa", "val"), ("caption", "test")] {
            let texts = try [1, 5, 64].map { size in
                try Data(contentsOf: run(name, size).appending(path: "\(split)/predictions.json"))
            }
            #expect(texts[0] == texts[1] && texts[0] == texts[2], "\(name)")
        }
        let logits = try [1, 32].map { size in
            try String(contentsOf: run("retrieval", size).appending(path: "test/matches.jsonl"), encoding: .utf8)
                .split(separator: "\n").dropFirst().flatMap { line in
                    try JSONDocument(parsing: Array(line.utf8), name: "line").root["records"].array.flatMap { record in
                        try record["logits"].array.map { try $0.double }
                    }
                }
        }
        #expect(logits[0].count == logits[1].count && logits[0].count == 40 * 200)
        #expect(zip(logits[0], logits[1]).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test func weightTypes() throws {
        let output = folder.file("narrow")
        let outcome = try BuiltProgram("evaluate").run(
            [
                "run", "--cfg-path", "Apps/evaluate/configurations/world/gqa.yaml", "--output-dir", output.path,
                "--dtype", "bfloat16", "--vision-dtype", "int8", "--options", "run.num_beams=1",
            ], in: world.clone)
        #expect(outcome.code == 0, "\(outcome)")
        let settings = try JSONDocument(contentsOf: output.appending(path: "testdev/results.json")).root[
            "configuration"]
        #expect(try settings["model.dtype"].string == "bfloat16" && settings["model.vision_dtype"].string == "int8")
        let other = try evaluate("gqa", ["run.num_beams=1"], in: output)
        #expect(other.code == 1 && other.errors.contains("model.dtype was "), "\(other)")
    }

    // MARK: Processes

    /// Two processes at once, by shards and by what `mpirun` tells them.
    @Test func twoProcesses() throws {
        let whole = folder.file("whole")
        #expect(try evaluate("caption", ["run.batch_size_eval=4"], in: whole).code == 0)
        let shared = folder.file("shared")
        let line = """
            for rank in 0 1; do OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=2 "$@" & done; wait
            """
        #expect(try evaluate("caption", ["run.batch_size_eval=4"], under: line, in: shared).code == 0)
        for name in ["predictions.json", "results.json"] {
            let same =
                try Data(contentsOf: whole.appending(path: "test/\(name)"))
                == Data(contentsOf: shared.appending(path: "test/\(name)"))
            #expect(same, "\(name)")
        }
    }

    // MARK: Comparison

    @Test func comparesTwoModels() throws {
        for arm in ["pformer", "baseline"] {
            let outcome = try evaluate(
                "vqa", ["model.pretrained=.demo/\(arm)/stage2/model"], in: folder.file(arm))
            #expect(outcome.code == 0, "\(outcome)")
        }
        let outcome = try BuiltProgram("evaluate").run(
            ["compare", "pformer/val", "baseline/val", "--json", "--bootstrap", "200"], in: folder.url)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
        let root = try JSONDocument(parsing: Array(outcome.output.utf8), name: "comparison").root
        let difference = try root["difference"]["accuracy"]
        let overall = try ["pformer", "baseline"].map {
            try JSONDocument(contentsOf: folder.file("\($0)/val/results.json")).root["scores"]["overall"].double
        }
        #expect(abs(try 100 * difference["value"].double - (overall[1] - overall[0])) < 0.02)
        let bounds = try difference["interval"].array.map { try $0.double }
        #expect(try bounds[0] <= difference["value"].double && difference["value"].double <= bounds[1])
        let same = try BuiltProgram("evaluate").run(["compare", "pformer/val", "pformer/val"], in: folder.url)
        #expect(same.code == 0 && same.output.contains("p 1.0000") && !same.output.contains("differ most"), "\(same)")
        let other = try BuiltProgram("evaluate").run(["compare", "pformer/val", "nowhere"], in: folder.url)
        #expect(other.code == 1 && other.errors.contains("nowhere/results.json: is not there"), "\(other)")
    }
}
