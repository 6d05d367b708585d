import Datasets
import Foundation
import JSON
import Testing

/// The reference's text processors on the strings of `processors/text.jsonl` in the folder that BLIP_ORACLE names.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["BLIP_ORACLE"] != nil,
        "BLIP_ORACLE names no folder of the reference implementations' outputs"))
struct DatasetsOracleTests {
    @Test("captions and questions equal the reference's")
    func textProcessors() throws {
        let folder = try #require(ProcessInfo.processInfo.environment["BLIP_ORACLE"])
        let file = URL(fileURLWithPath: folder).appendingPathComponent("processors/text.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        for line in lines {
            let record = try JSONDocument(parsing: line.utf8, name: file.path).root
            let text = try record["text"].string
            let limit = try record["max_words"].int
            let caption = CaptionText(prompt: try record["prompt"].string, wordLimit: limit)(text)
            #expect(Array(caption.utf8) == (try record["caption"].utf8), "caption of \(text.debugDescription)")
            let question = QuestionText(wordLimit: limit)(text)
            #expect(Array(question.utf8) == (try record["question"].utf8), "question of \(text.debugDescription)")
        }
        try #require(!lines.isEmpty, "\(file.path) holds no case")
        print("DatasetsOracleTests: \(lines.count) texts compared")
    }
}
