import Datasets
import JSON
import TestSupport
import Testing

/// The reference's text processors on the strings of `processors/text.jsonl` in the folder that BLIP_ORACLE names.
@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct DatasetsOracleTests {
    @Test("captions and questions equal the reference's")
    func textProcessors() throws {
        let records = try OracleFolder().lines("processors/text.jsonl")
        for record in records {
            let text = try record["text"].string
            let limit = try record["max_words"].int
            let caption = CaptionText(prompt: try record["prompt"].string, wordLimit: limit)(text)
            #expect(Array(caption.utf8) == (try record["caption"].utf8), "caption of \(text.debugDescription)")
            let question = QuestionText(wordLimit: limit)(text)
            #expect(Array(question.utf8) == (try record["question"].utf8), "question of \(text.debugDescription)")
        }
        print("DatasetsOracleTests: \(records.count) texts compared")
    }
}
