import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct FolderCaptionsTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test func readsPicturesWithTextsBesideThem() throws {
        try scratch.write(picture(1).png(), "b/grüne Höhle 1.PNG")
        try scratch.write("One caption.\r\n\n  another one \n", "b/grüne Höhle 1.txt")
        try scratch.write(picture(2).jpeg(), "a 2.jpeg")
        try scratch.write("日本の猫", "a 2.txt")
        try scratch.write(picture(3).png(), "alone.png")
        try scratch.write(picture(3).png(), "blank.png")
        try scratch.write(" \n", "blank.txt")
        try scratch.write(picture(3).png(), ".hidden.png")
        try scratch.write("text of no picture", "c.txt")
        let captions = try FolderCaptions(scratch.url)
        #expect(captions.count == 3)
        let samples = try (0..<3).map { try captions.sample($0) }
        #expect(samples.map(\.caption) == ["日本の猫", "One caption.", "another one"])
        #expect(samples.map(\.imageID) == ["a 2.jpeg", "b/grüne Höhle 1.PNG", "b/grüne Höhle 1.PNG"])
        #expect(try samples[1].picture.decode() == picture(1))
        #expect(captions.withoutCaption == ["alone.png", "blank.png"])
    }

    @Test func saysWhatIsMissing() throws {
        #expect(message { try FolderCaptions(scratch.file("no")) } == "\(scratch.file("no").path): is no folder")
        #expect(
            message { try FolderCaptions(scratch.url) }.hasSuffix("holds no picture with captions: there is no picture")
        )
        try scratch.write(picture(3).png(), "x y.png")
        #expect(message { try FolderCaptions(scratch.url) }.hasSuffix("\"x y.png\" has no .txt file beside it"))
        try scratch.write([0x61, 0xFF], "x y.txt")
        #expect(message { try FolderCaptions(scratch.url) } == "\(scratch.file("x y.txt").path): is not UTF-8")
    }
}

@Suite struct TableCaptionsTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test func readsCommasQuotesAndTabs() throws {
        let commas = """
            id,Caption, file_name \r
            1,"a ""red"", round\nthing",pictures/1.png\r

            2,plain,2.png
            """
        let captions = try TableCaptions(contentsOf: scratch.write(commas, "t.csv"), imagesIn: scratch.url)
        #expect(captions.count == 2)
        #expect(try captions.sample(0).caption == "a \"red\", round\nthing")
        #expect(try captions.sample(0).picture.description == scratch.file("pictures/1.png").path)
        #expect(try captions.sample(1).caption == "plain")
        let tabs = "image\ttext\n1.png\ta, b\n"
        let tabbed = try TableCaptions(contentsOf: scratch.write(tabs, "t.tsv"), imagesIn: scratch.url)
        #expect(try tabbed.sample(0).caption == "a, b")
    }

    @Test(arguments: [
        ("image,caption\n", "holds no caption below its first row"),
        (
            "picture,caption\na,b",
            "the first row names no column image; there are picture, caption, wanted one of image"
        ),
        ("image,words\na,b", "names no column caption"), ("image,caption\na,\"b", "ends inside quotes"),
        ("caption,image\njust one", "row 2: has 1 columns, wanted 2"),
    ])
    func saysWhatIsWrong(text: String, problem: String) throws {
        let file = try scratch.write(text, "t.csv")
        let found = message { try TableCaptions(contentsOf: file, imagesIn: scratch.url) }
        #expect(found.hasPrefix(file.path) && found.contains(problem), "\(found)")
    }
}

@Suite struct WebDatasetTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func writeShards() throws {
        for shard in 0..<3 {
            var members: [(String, [UInt8])] = []
            for number in 0..<4 {
                let key = "./\(shard).d/00000\(number)"
                members.append(("\(key).png", try picture(10 * shard + number).png()))
                if number == 3 { continue }
                members.append(("\(key).json", Array(#"{"caption": "json \#(number)", "url": "x"}"#.utf8)))
                if number == 0 { members.append(("\(key).txt", Array("text of \(shard)\n".utf8))) }
            }
            try scratch.write(tar(members), "cc-0\(shard).tar")
        }
    }

    @Test func readsShardsInPlace() throws {
        try writeShards()
        for pattern in ["cc-{00..02}.tar", ""] {
            let captions = try WebDatasetCaptions(scratch.file(pattern).path)
            #expect(captions.shards.count == 3 && captions.count == 9 && captions.incompleteCount == 3)
            #expect(
                try (0..<9).map { try captions.sample($0).caption }
                    == (0..<3).flatMap { ["text of \($0)", "json 1", "json 2"] })
            #expect(try captions.sample(8).picture.decode() == picture(22))
        }
        #expect(try WebDatasetCaptions(scratch.file("cc-01.tar").path).count == 3)
    }

    @Test func saysWhatIsWrong() throws {
        try writeShards()
        #expect(message { try WebDatasetCaptions(scratch.file("cc-{00..03}.tar").path) }.contains("cc-03.tar: "))
        #expect(
            message { try WebDatasetCaptions(scratch.file("cc-{00..x}.tar").path) }.contains("two numbers in braces"))
        try scratch.write(
            "no tar at all, but long enough".padding(toLength: 2000, withPad: ".", startingAt: 0), "z.tar")
        #expect(message { try WebDatasetCaptions(scratch.file("z.tar").path) }.contains("z.tar: is no tar archive"))
        try scratch.write(tar([("a.png", [1, 2, 3]), ("a.txt", Array("a".utf8))]), "z.tar")
        let captions = try WebDatasetCaptions(scratch.file("z.tar").path)
        #expect(message { try captions.sample(0).picture.decode() }.contains("z.tar, sample 0: is neither"))
    }

    /// A tar archive in the ustar format.
    private func tar(_ members: [(String, [UInt8])]) -> [UInt8] {
        members.flatMap { name, data -> [UInt8] in
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at offset: Int) {
                header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
            }
            put(name, at: 0)
            let size = String(data.count, radix: 8)
            put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
            put("        ", at: 148)
            put("0", at: 156)
            put("ustar\0" + "00", at: 257)
            let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
            put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
            return header + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
        } + [UInt8](repeating: 0, count: 1024)
    }
}

@Suite struct CompressedAnnotationTests {
    @Test func readsGzip() throws {
        let scratch = try TemporaryFolder()
        let records = (0..<5000).map { #"{"image": "\#($0).png", "caption": "caption \#($0)"}"# }
        let plain = try scratch.write("[" + records.joined(separator: ",") + "]", "list.json")
        #expect(try run("/bin/gzip", "-k", plain.path) == 0)
        let captions = try AnnotatedCaptions(contentsOf: scratch.file("list.json.gz"), imagesIn: scratch.url)
        #expect(captions.count == 5000)
        #expect(try captions.sample(4321).caption == "caption 4321")
        let table = try scratch.write("image,caption\n1.png,one\n", "t.csv")
        #expect(try run("/bin/gzip", table.path) == 0)
        #expect(
            try TableCaptions(contentsOf: scratch.file("t.csv.gz"), imagesIn: scratch.url).sample(0).caption == "one")
    }

    /// 600 MB of blanks in 600 KB.
    @Test func refusesBombs() throws {
        let scratch = try TemporaryFolder()
        let file = scratch.file("bomb.json")
        FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 600 << 20)
        try handle.close()
        #expect(try run("/bin/gzip", "-1", file.path) == 0)
        let found = message { try AnnotatedCaptions(contentsOf: scratch.file("bomb.json.gz"), imagesIn: scratch.url) }
        #expect(found.contains("bomb.json.gz") && found.contains(" bytes that are accepted"), "\(found)")
    }

    private func run(_ program: String, _ arguments: String...) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

@Suite struct QuestionsTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test func readsAllForms() throws {
        let text = """
            [{"image": "val2014/x.jpg", "question": "What color?", "question_id": 458000},
             {"image": "n12.jpg", "question": "Is it sunny?", "answer": "yes", "question_id": "2001"},
             {"image": "y.jpg", "question": "How many?", "answer": ["2", "two"], "question_id": 1, "dataset": "vqa"}]
            """
        let questions = try Questions(contentsOf: scratch.write(text, "q.json"), imagesIn: scratch.url)
        let all = try (0..<questions.count).map { try questions.question($0) }
        #expect(all.map(\.id) == [458000, 2001, 1])
        #expect(all.map(\.answers) == [[], ["yes"], ["2", "two"]])
        #expect(all[0].text == "What color?" && all[0].picture.description.hasSuffix("/val2014/x.jpg"))
        let file = try scratch.write(#"[{"image": "x", "question": "y", "question_id": "n1"}]"#, "q.json")
        #expect(
            message { try Questions(contentsOf: file, imagesIn: scratch.url) }
                == "\(file.path), record 0, $.question_id: is \"n1\", wanted an integer")
    }

    @Test func readsOfficialAnnotationsAndAnswerLists() throws {
        let text = """
            {"info": {}, "annotations": [{"question_id": 7, "image_id": 3, "question_type": "how many",
             "answer_type": "number", "answers": [{"answer": "2", "answer_confidence": "yes", "answer_id": 1}]}]}
            """
        let annotations = try AnswerAnnotations(contentsOf: scratch.write(text, "a.json")).annotations
        #expect(annotations.count == 1 && annotations[0].answers == ["2"] && annotations[0].answerType == "number")
        #expect(try AnswerList(contentsOf: scratch.write(#"["yes", "no"]"#, "l.json")).answers == ["yes", "no"])
    }

    @Test func numbersTextsForRetrieval() throws {
        let text =
            #"[{"image": "a.jpg", "image_id": 4, "caption": ["A cat.", "Two"]}, {"image": "b_12.jpg", "caption": ["b"]}]"#
        let list = try EvaluationList(contentsOf: scratch.write(text, "r.json"), imagesIn: scratch.url)
        #expect(list.images.map(\.imageID) == [4, 12])
        let set = RetrievalSet(list)
        #expect(
            set.texts == ["a cat", "two", "b"] && set.pictureOfText == [0, 0, 1]
                && set.textsOfPicture == [0..<2, 2..<3])
    }

    @Test func readsNoCaps() throws {
        let text = #"{"image": "val/abc.jpg", "img_id": 17}\#n{"image": "val/abd.jpg", "img_id": 18}\#n"#
        let list = try EvaluationList(contentsOf: scratch.write(text, "n.jsonl"), imagesIn: scratch.url)
        #expect(list.images.map(\.imageID) == [17, 18] && list.images[0].captions.isEmpty)
    }
}
