import Checkpoints
import Foundation
import Images
import JSON
import Tensors
import TestSupport
import Testing

/// What `caption` does beside a line for each picture, and `convert` and `inspect`, on the small world's models.
struct CaptionTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
        for number in [321, 322, 323] {
            try FileManager.default.copyItem(
                at: world.demo.appendingPathComponent("world/images/test/world_000\(number).jpg"),
                to: folder.file("world_000\(number).jpg"))
        }
    }

    private var captioner: String { world.demo.appendingPathComponent("pformer/finetune/model").path }
    private var matcher: String { world.demo.appendingPathComponent("pformer/stage1/model").path }

    private func run(_ program: String, _ arguments: [String]) throws -> BuiltProgram.Outcome {
        try BuiltProgram(program).run(arguments, in: folder.url)
    }

    private func caption(_ arguments: [String], model: String? = nil) throws -> BuiltProgram.Outcome {
        try run("caption", ["--model", model ?? captioner, "--num-beams", "2", "--max-length", "6"] + arguments)
    }

    /// Captions by picture, from standard output.
    private func lines(_ outcome: BuiltProgram.Outcome) -> [[String]] {
        outcome.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    @Test func foldersAndListsNameTheSamePictures() throws {
        let expected = lines(try caption(["world_000321.jpg", "world_000322.jpg", "world_000323.jpg"]))
        #expect(expected.count == 3 && expected.allSatisfy { $0.count == 2 })
        let byFolder = lines(try caption(["--batch-size", "2", "."]))
        #expect(byFolder.map { $0[1] } == expected.map { $0[1] })
        try FileManager.default.createSymbolicLink(at: folder.file("link"), withDestinationURL: folder.url)
        #expect(try lines(caption(["link"])).map { $0[1] } == expected.map { $0[1] })
        try folder.write("world_000322.jpg\n\(folder.url.path)/world_000323.jpg\n", "list.txt")
        let byList = lines(try caption(["--list", "list.txt", "--batch-size", "1"]))
        #expect(byList.map { $0[1] } == expected.dropFirst().map { $0[1] })
    }

    /// The Hugging Face libraries' cache holds links to files.
    @Test func aModelOfLinksIsOpened() throws {
        let model = folder.file("model")
        try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: captioner) {
            try FileManager.default.createSymbolicLink(
                at: model.appending(path: name),
                withDestinationURL: URL(fileURLWithPath: captioner).appending(path: name))
        }
        #expect(try lines(caption(["."], model: model.path)) == lines(caption(["."])))
        #expect(try lines(caption(["."])).count == 3)
    }

    @Test func formsOfFilesHoldTheSame() throws {
        let expected = lines(try caption(["."])).map { $0[1] }
        for name in ["out.json", "out.jsonl", "out.csv"] {
            let outcome = try caption(["--output", name, "."])
            #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome)")
        }
        let coco = try JSONDocument(contentsOf: folder.file("out.json")).root.array
        #expect(try coco.map { try $0["image_id"].int } == [321, 322, 323])
        #expect(try coco.map { try $0["caption"].string } == expected)
        let rows = try String(contentsOf: folder.file("out.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(
            try rows.map { try JSONDocument(parsing: Array($0.utf8), name: "row").root["caption"].string } == expected)
        let table = try String(contentsOf: folder.file("out.csv"), encoding: .utf8).components(separatedBy: "\r\n")
        #expect(table.count == 5 && table[0] == "image,caption" && table[1].hasPrefix("./world_000321.jpg,"))
        #expect(try caption(["--beside", "."]).code == 0)
        let beside = try String(contentsOf: folder.file("world_000322.txt"), encoding: .utf8)
        #expect(beside == expected[1] + "\n")
        #expect(folder.names.allSatisfy { !$0.hasSuffix(".partial") }, "\(folder.names)")
    }

    @Test func onePictureThatCannotBeReadDoesNotStopTheRest() throws {
        try folder.write(Array("x".utf8), "bad.jpg")
        let outcome = try caption(["--output", "out.jsonl", "bad.jpg", "world_000321.jpg"])
        #expect(outcome.code == 1 && outcome.errorCount == 1 && outcome.errors.contains("bad.jpg"), "\(outcome)")
        let rows = try String(contentsOf: folder.file("out.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(rows.count == 1 && rows[0].contains("world_000321.jpg"))
    }

    @Test func aStoppedRunGoesOn() throws {
        let expected = lines(try caption(["."])).map { $0[1] }
        try killBehindThreePictures()
        // As if it had been in the middle of the third line; the first is marked, to see that it is kept.
        let partial = folder.file("out.jsonl.partial")
        var rows = try String(contentsOf: partial, encoding: .utf8).components(separatedBy: "\n")
        #expect(rows.count >= 5, "\(rows)")
        rows[1] = rows[1].replacingOccurrences(of: "\"caption\":", with: "\"kept\":")
        try folder.write(rows[..<3].joined(separator: "\n") + "\n" + rows[3].prefix(9), "out.jsonl.partial")
        let other = try caption(["--output", "out.jsonl", "--min-length", "2", "."])
        #expect(other.code == 1 && other.errors.contains("is of a run with another model or other options"), "\(other)")
        #expect(try caption(["--output", "out.jsonl", "."]).code == 0)
        let made = try String(contentsOf: folder.file("out.jsonl"), encoding: .utf8).split(separator: "\n").map {
            try JSONDocument(parsing: Array($0.utf8), name: "row").root
        }
        #expect(try made.map { try $0.optional("kept")?.string ?? $0["caption"].string } == expected)
        #expect(try made.map { try $0.optional("kept") != nil } == [true, false, false])
        #expect(!folder.names.contains("out.jsonl.partial"))
        // A run that had no result yet binds no other.
        try folder.write(rows[0] + "\n", "out.csv.partial")
        #expect(try caption(["--output", "out.csv", "--min-length", "2", "."]).code == 0)
    }

    /// Kills a run with hundreds of pictures when at least the first three have their captions.
    private func killBehindThreePictures() throws {
        let links = (0..<400).map { folder.file("x_\($0).jpg") }
        for link in links {
            try FileManager.default.createSymbolicLink(
                at: link, withDestinationURL: folder.file("world_000321.jpg"))
        }
        let outcome = try BuiltProgram("caption").run(
            [
                "--model", captioner, "--num-beams", "2", "--max-length", "6", "--batch-size", "1", "--output",
                "out.jsonl",
                ".",
            ], in: folder.url,
            under: """
                "$@" & until [ "$(wc -l 2>/dev/null <out.jsonl.partial)" -ge 4 ] 2>/dev/null
                do kill -0 $! || exit 3; sleep 0.01; done; kill -KILL $!; wait $! || true
                """)
        #expect(outcome.code == 0, "\(outcome)")
        for link in links { try FileManager.default.removeItem(at: link) }
    }

    @Test func questionsMatchesAndFeatures() throws {
        let answers = try caption(["--json", "--question", "how many?", "world_000321.jpg"])
        let answer = try JSONDocument(parsing: Array(answers.output.utf8), name: "answer").root
        #expect(try answer["image"].string == "world_000321.jpg" && answer.object.map(\.key) == ["image", "answer"])
        let match = lines(try caption(["--match", "a red circle", "world_000321.jpg"], model: matcher))
        let numbers = try #require(match.first).dropFirst().compactMap { Double($0) }
        #expect(numbers.count == 2 && (0...1).contains(numbers[0]) && abs(numbers[1]) <= 1.0001, "\(match)")
        let vectors = try caption(["--json", "--features", "image", "world_000321.jpg"], model: matcher)
        let rows = try JSONDocument(parsing: Array(vectors.output.utf8), name: "features").root["features"].array
        for row in rows {
            let length = try row.array.reduce(0.0) { $0 + (try $1.double) * (try $1.double) }
            #expect(abs(length - 1) < 1e-4)
        }
        #expect(rows.count > 1)
        #expect(try caption(["--features", "text", "--text", "a circle"], model: matcher).code == 0)
        #expect(
            try caption(["--features", "multimodal", "--text", "a circle", "world_000321.jpg"], model: matcher).code
                == 0)
    }

    @Test func severalCaptionsAndDrawnOnes() throws {
        let several = lines(try caption(["--num-captions", "2", "world_000321.jpg"]))
        #expect(try #require(several.first).count == 3)
        let drawn = try ["1", "1", "2"].map { seed in
            try caption(["--top-p", "0.9", "--num-captions", "4", "--seed", seed, "world_000321.jpg"]).output
        }
        #expect(drawn[0] == drawn[1] && drawn[0] != drawn[2])
    }

    private let pictures = ["world_000321.jpg", "world_000322.jpg", "world_000323.jpg"]

    /// Maps change no text; they hold shares of what the configuration counts, and lie over the picture as the model saw it.
    @Test func attentionMaps() throws {
        let sizes = try JSONDocument(contentsOf: URL(fileURLWithPath: captioner).appending(path: "config.json")).root
        let (side, queries) = (
            try sizes["vision_config"]["image_size"].int, try sizes["num_query_tokens"].int
        )
        let grid = side / (try sizes["vision_config"]["patch_size"].int)
        let heads = try sizes["qformer_config"]["num_attention_heads"].int
        for arguments in [[], ["--question", "how many?"], ["--top-p", "0.9"]] {
            let plain = lines(try caption(arguments + pictures))
            let outcome = try caption(["--attention", "maps"] + arguments + pictures)
            #expect(outcome.code == 0 && lines(outcome) == plain, "\(outcome)")
        }
        #expect(try caption(["--attention", "maps", "--each-query", "--json", pictures[0]]).code == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("maps").path)
        #expect(names.count == 6 + queries && names.contains("world_000321-query-00.png"), "\(names)")
        for picture in pictures {
            let stem = picture.replacing(".jpg", with: "")
            let file = try SafetensorsFile(contentsOf: folder.file("maps/\(stem).safetensors"))
            let probabilities = try file.tensor(named: "probabilities")
            let layers = probabilities.shape[0]
            #expect(probabilities.shape == [layers, heads, queries, 1 + grid * grid] && layers > 0)
            let mean = probabilities.mean(axis: 0).mean(axis: 0).scalars
            let patches = try file.tensor(named: "grid")
            let share = try file.tensor(named: "class_share")
            #expect(patches.shape == [queries, grid, grid] && share.shape == [queries])
            for query in 0..<queries {
                let row = Array(mean[query * (1 + grid * grid)..<(query + 1) * (1 + grid * grid)])
                #expect(abs(row.reduce(0, +) - 1) < 1e-5 && row[0] == share.scalars[query])
                #expect(
                    Array(row.dropFirst()) == Array(patches.scalars[query * grid * grid..<(query + 1) * grid * grid]))
            }
            let map = try Image(contentsOf: folder.file("maps/\(stem).png"))
            let square = try Image(contentsOf: folder.file(picture)).resized(width: side, height: side)
            #expect(map == square.overlaid(with: patches.mean(axis: 0)))
            try expectOwnMaps(of: picture, probabilities, square)
        }
    }

    /// A picture's numbers are those that it has alone, and with `--each-query` each query has its own map.
    private func expectOwnMaps(of picture: String, _ together: Tensor, _ square: Image) throws {
        let stem = picture.replacing(".jpg", with: "")
        #expect(try caption(["--attention", "alone", "--each-query", picture]).code == 0)
        let file = try SafetensorsFile(contentsOf: folder.file("alone/\(stem).safetensors"))
        let alone = try file.tensor(named: "probabilities").scalars
        let distance = zip(alone, together.scalars).map { abs($0 - $1) }.max() ?? .infinity
        #expect(alone.count == together.count && distance < 1e-5, "\(picture): \(distance)")
        let patches = try file.tensor(named: "grid")
        for query in 0..<patches.shape[0] {
            let number = (query < 10 ? "0" : "") + "\(query)"
            let map = try Image(contentsOf: folder.file("alone/\(stem)-query-\(number).png"))
            let own = patches.slice(axis: 0, from: query, to: query + 1).mean(axis: 0)
            #expect(map == square.overlaid(with: own), "query \(number) of \(picture)")
        }
    }

    @Test func attentionMapsThatCannotBe() throws {
        try FileManager.default.createDirectory(at: folder.file("other"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: folder.file(pictures[0]), to: folder.file("other/\(pictures[0])"))
        let clash = try caption(["--attention", "maps", pictures[0], "other/\(pictures[0])"])
        #expect(clash.code == 1 && clash.errors.contains("would overwrite each other"), "\(clash)")
        let file = try caption(["--attention", pictures[1], pictures[0]])
        #expect(file.code == 1 && file.errors.contains(pictures[1]) && file.output.isEmpty, "\(file)")
        #expect(try caption(["--match", "x", "--attention", "maps", pictures[0]], model: matcher).code == 2)
        #expect(try caption(["--each-query", pictures[0]]).code == 2)
    }

    @Test func dryRunCountsWhatTheFilesHold() throws {
        let outcome = try caption(["--dry-run", "--json"])
        let root = try JSONDocument(parsing: Array(outcome.output.utf8), name: "estimate").root
        let file = try SafetensorsFile(contentsOf: URL(fileURLWithPath: captioner).appending(path: "model.safetensors"))
        let bytes = file.entries.filter { $0.name != "language_model.lm_head.weight" }.reduce(0) { $0 + $1.range.count }
        #expect(try root["weights"].int == bytes)
        #expect(try root["peak"].int == root["weights"].int + root["cache"].int + root["activations"].int)
    }

    /// In 8 bits on loading as from a folder in 8 bits; and fewer bytes, but for the Q-Former.
    @Test func weightsAreKeptInTheTypesAskedFor() throws {
        let half = try caption(["--dtype", "bfloat16", "."])
        #expect(half.code == 0 && lines(half).count == 3, "\(half)")
        let outcome = try run("convert", ["--dtype", "int8", "--output", "int8", captioner])
        #expect(outcome.code == 0 && outcome.output.contains("in int8"), "\(outcome)")
        let loaded = lines(try caption(["--dtype", "int8", "."])).map { $0[1] }
        #expect(lines(try caption(["."], model: folder.file("int8").path)).map { $0[1] } == loaded)
        func bytes(_ arguments: [String]) throws -> [String: Int] {
            let outcome = try caption(["--dry-run", "--json"] + arguments)
            let parts = try JSONDocument(parsing: Array(outcome.output.utf8), name: "estimate").root["parts"].array
            return Dictionary(
                try parts.map { (try $0["name"].string, try $0["bytes"].int) }, uniquingKeysWith: { first, _ in first })
        }
        let (stored, narrow) = (try bytes([]), try bytes(["--dtype", "int8", "--vision-dtype", "float32"]))
        #expect(narrow["image encoder"] == stored["image encoder"])
        let (language, before) = (narrow["language model"] ?? 0, stored["language model"] ?? 0)
        #expect(language > before / 4 && language < before)
        #expect(narrow["Q-Former"] == stored["Q-Former"])
        let other = try caption(["--match", "x", "--language-dtype", "int8", "."], model: matcher)
        #expect(other.code == 2 && other.errors.contains("--language-dtype is for captions"), "\(other)")
        #expect(try caption(["--match", "x", "--dtype", "int8", "."], model: matcher).code == 0)
    }

    @Test func convertedFoldersCaptionAlike() throws {
        let expected = lines(try caption(["."])).map { $0[1] }
        let outcome = try run("convert", ["--dtype", "float32", "--output", "copy", captioner])
        #expect(outcome.code == 0 && outcome.output.contains("wrote copy"), "\(outcome)")
        #expect(lines(try caption(["."], model: folder.file("copy").path)).map { $0[1] } == expected)
        let half = try run("convert", ["--dtype", "float16", "--shard-size", "1", "--output", "half", captioner])
        #expect(
            half.code == 0
                && FileManager.default.fileExists(atPath: folder.file("half/model.safetensors.index.json").path))
        #expect(lines(try caption(["."], model: folder.file("half").path)).count == 3)
        let inspected = try run("inspect", ["--json", "half"])
        let root = try JSONDocument(parsing: Array(inspected.output.utf8), name: "inspection").root
        #expect(try root["kind"].string == "huggingFaceCaptioner")
        #expect(try root["tensors"].array.allSatisfy { try $0["dtype"].string == "F16" })
        let missing = try run("convert", ["--output", "x", "nowhere.pth"])
        #expect(missing.code == 1 && missing.errors.contains("nowhere.pth: there is no such file"), "\(missing)")
        #expect(try run("inspect", ["world_000321.jpg"]).code == 1)
    }
}
