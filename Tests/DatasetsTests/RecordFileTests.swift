import Datasets
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct RecordFileTests {
    let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    @Test(arguments: [",", "\n", " ,\n\t"]) func readsArraysAndLines(separator: String) throws {
        let records = (0..<100).map { "{\"n\": \($0), \"text\": \"a \\\"}{[\\\\\", \"list\": [{}, [1, {\"x\": 2}]]}" }
        let isArray = separator.contains(",")
        let text = (isArray ? " [\n" : "") + records.joined(separator: separator) + (isArray ? "]\n" : "\n")
        let file = try RecordFile(contentsOf: scratch.write(text, "records"))
        #expect(file.count == 100)
        for number in [0, 1, 15, 16, 17, 99, 50] {
            #expect(try file.record(number)["n"].int == number)
            #expect(try file.record(number)["text"].string == "a \"}{[\\")
        }
    }

    /// Records that lie across the pieces in which the file is read, megabytes of them.
    @Test func readsRecordsAcrossPieces() throws {
        let filler = String(repeating: "é\\n", count: 3000)
        let text =
            "[" + (0..<700).map { "{\"n\": \($0), \"t\": \"\(filler.dropFirst($0))\"}" }.joined(separator: ",") + "]"
        let file = try RecordFile(contentsOf: scratch.write(text, "large.json"))
        #expect(text.utf8.count > 6 << 20 && file.count == 700)
        for number in stride(from: 0, to: 700, by: 13) { #expect(try file.record(number)["n"].int == number) }
    }

    @Test(arguments: [
        ("[{\"a\": 1}, {\"a\": ", ": ends inside record 1"),
        ("[{\"a\": 1}, null]", "holds something else than records at byte 11; wanted a JSON array of objects"),
        ("<html>", "is an HTML or XML page"),
        ("version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer"),
    ])
    func namesWhatItIsInstead(text: String, problem: String) throws {
        let url = try scratch.write(text, "x.json")
        #expect(message { try RecordFile(contentsOf: url) }.hasPrefix(url.path))
        #expect(message { try RecordFile(contentsOf: url) }.contains(problem))
    }

    @Test func namesTheRecordThatIsWrong() throws {
        let url = try scratch.write("[{\"a\": 1},{\"a\": 1,}]", "x.json")
        let file = try RecordFile(contentsOf: url)
        #expect(message { try file.record(1) }.hasPrefix("\(url.path):1:19: a comma stands before"))
        let lines = try scratch.write("{\"a\": 1}\n\n{\"a\": 1,}\n {\"a\":\n 1,}\n", "x.jsonl")
        for (record, place) in [(1, "3:9"), (2, "5:4")] {
            #expect(
                message { try RecordFile(contentsOf: lines).record(record) }.hasPrefix(
                    "\(lines.path):\(place): a comma"))
        }
        #expect(message { try file.record(0)["b"] }.hasPrefix("\(url.path), record 0, $: has no key \"b\""))
    }

    @Test func refusesFoldersAndMissingFiles() throws {
        #expect(message { try RecordFile(contentsOf: scratch.url) }.hasSuffix("is not a regular file"))
        #expect(message { try RecordFile(contentsOf: scratch.file("no")) }.hasSuffix("No such file or directory"))
    }
}

@Suite struct AnnotatedCaptionsTests {
    @Test func readsCaptions() throws {
        let scratch = try TemporaryFolder()
        let captions = try writeSet(scratch, count: 3)
        #expect(captions.count == 6)
        let sample = try captions.sample(3)
        #expect(sample.caption == "the other caption of 1" && sample.imageID == "own_1")
        #expect(sample.picture.description == scratch.file("images/1.png").path)
        #expect(try sample.picture.decode() == picture(1))
    }

    @Test func refusesOtherRecordsAtOnce() throws {
        let scratch = try TemporaryFolder()
        for (text, problem) in [
            ("[]", "holds no caption"), ("[{\"image\": \"a.jpg\"}]", "record 0, $: has no key \"caption\""),
            ("[{\"image\": \"a.jpg\", \"caption\": [\"x\"]}]", "record 0, $.caption"),
        ] {
            let url = try scratch.write(text, "x.json")
            #expect(message { try AnnotatedCaptions(contentsOf: url, imagesIn: scratch.url) }.contains(problem))
        }
    }

    @Test func readsEvaluationLists() throws {
        let scratch = try TemporaryFolder()
        let url = try scratch.write(
            #"[{"image": "val2014/COCO_val2014_000000000456.jpg", "caption": ["a", "b"]}]"#, "v.json")
        let images = try EvaluationList(contentsOf: url, imagesIn: scratch.url).images
        #expect(
            images.map(\.imageID) == [456] && images[0].captions == ["a", "b"])
    }
}
