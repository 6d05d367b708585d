import EvaluationMetrics
import Foundation
import JSON
import METEORConversion
import Testing

@Suite struct METEORConversionTests {
    private func fixture(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)")
    }

    private func withTemporaryFile<Result>(_ body: (URL) throws -> Result) rethrows -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("meteor-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url)
    }

    private func line(_ caption: String, _ reference: String, _ data: METEORData) throws -> String {
        let evaluation = try CaptionEvaluation(
            predictions: CaptionPredictions([(id: 1, caption: caption)]),
            references: CaptionReferences([.init(id: 1, captions: [reference])]), metrics: [.meteor],
            resources: CaptionResources(meteor: data))
        return try #require(evaluation.images[0].meteor).line
    }

    @Test func whatIsConvertedIsFound() throws {
        let distribution = METEORDistribution(jar: fixture("meteor.jar"), paraphrases: fixture("paraphrase.gz"))
        let data = try withTemporaryFile { url in
            #expect(try distribution.convert(to: url) == 3)
            return try METEORData(contentsOf: url)
        }
        // Function words are counted apart, irregular forms have the synonyms of their base.
        #expect(
            try line("the mice", "the rodent", data)
                == "2.0 2.0 1.0 1.0 0.0 0.0 1.0 1.0 0.0 0.0 0.0 0.0 1.0 1.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0 2.0 2.0")
        #expect(
            try line("a car in front of it", "a auto before it", data)
                == "6.0 4.0 1.0 1.0 1.0 1.0 1.0 1.0 0.0 0.0 0.0 0.0 1.0 1.0 0.0 0.0 3.0 1.0 0.0 0.0 1.0 6.0 4.0")
        #expect(
            try line("many", "a lot of", data)
                == "1.0 3.0 0.0 1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0 1.0 2.0 0.0 1.0 1.0 1.0 3.0")
    }

    @Test func otherFilesAreNamed() {
        func message(_ jar: String, _ paraphrases: String) -> String {
            withTemporaryFile { url in
                do {
                    try METEORDistribution(jar: fixture(jar), paraphrases: fixture(paraphrases)).convert(to: url)
                    return "no error"
                } catch {
                    #expect(!FileManager.default.fileExists(atPath: url.path))
                    return "\(error)".replacingOccurrences(of: fixture("").path + "/", with: "")
                }
            }
        }
        #expect(
            message("other.jar", "paraphrase.gz")
                == "other.jar: wanted METEOR 1.5's jar; it has no entry function/english.words")
        #expect(
            message("paraphrase.gz", "paraphrase.gz") == "paraphrase.gz: wanted a zip archive; it is gzip-compressed")
        #expect(message("meteor.jar", "meteor.jar").hasPrefix("meteor.jar: wanted a gzip file; it is a zip archive"))
        #expect(message("meteor.jar", "odd.gz") == "odd.gz: has 10 lines; wanted three for each paraphrase")
    }
}
