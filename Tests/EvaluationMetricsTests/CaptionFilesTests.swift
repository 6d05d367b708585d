import EvaluationMetrics
import Foundation
import JSON
import Testing

@Suite struct CaptionFilesTests {
    private func file(_ text: String) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("captions-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        return url
    }

    private func message<Result>(_ text: String, _ read: (URL) throws -> Result) throws -> String {
        let url = try file(text)
        defer { try? FileManager.default.removeItem(at: url) }
        do {
            _ = try read(url)
            return "no error"
        } catch {
            return "\(error)".replacingOccurrences(of: url.path, with: "F")
        }
    }

    @Test func readsResults() throws {
        let url = try file(#"[{"image_id": 12, "caption": "a"}, {"caption": "b", "id": 3, "image_id": "x"}]"#)
        defer { try? FileManager.default.removeItem(at: url) }
        let predictions = try CaptionPredictions(contentsOf: url)
        #expect(predictions.captions.map(\.id) == [12, "x"])
        #expect(predictions.captions.map(\.caption) == ["a", "b"])
    }

    @Test func readsGroundTruth() throws {
        let url = try file(
            #"""
            {"images": [{"id": 2, "file_name": "b.jpg"}, {"id": "1"}],
             "annotations": [{"image_id": 1, "id": 1, "caption": "x"}, {"image_id": "2", "id": 2, "caption": "y"},
                             {"image_id": 1, "id": 3, "caption": "z"}]}
            """#)
        defer { try? FileManager.default.removeItem(at: url) }
        let references = try CaptionReferences(contentsOf: url)
        #expect(references.images.map(\.id) == [2, 1])
        #expect(references.images.map(\.captions) == [["y"], ["x", "z"]])
        #expect(references.images.map(\.fileName) == ["b.jpg", nil])
    }

    @Test func readsListsAsKarpathyWroteThem() throws {
        let url = try file(
            #"""
            [{"image": "val2014/COCO_val2014_000000000456.jpg", "caption": ["a", "b"]},
             {"image": "train2014/COCO_train2014_000000000123.jpg", "caption": "c", "image_id": "coco_123"},
             {"image": "flickr/12345.jpg", "caption": ["d"]}, {"image": "some/cat.jpg", "caption": ["e"]},
             {"image": "val2014/COCO_val2014_000000000456.jpg", "caption": "f"}]
            """#)
        defer { try? FileManager.default.removeItem(at: url) }
        let references = try CaptionReferences(contentsOf: url)
        #expect(references.images.map(\.id) == [456, "coco_123", 12345, "some/cat.jpg"])
        #expect(references.images.map(\.captions) == [["a", "b", "f"], ["c"], ["d"], ["e"]])
    }

    @Test func mistakesNameFileAndKey() throws {
        let results = { (url: URL) in try CaptionPredictions(contentsOf: url) }
        #expect(
            try message(#"[{"image_id": 1, "caption": "a"}, {"image_id": 1.5, "caption": "a"}]"#, results)
                == "F, $[1].image_id: wanted an image id, which is an integer or a string")
        #expect(
            try message(#"[{"image_id": 1, "caption": ["a"]}]"#, results)
                == "F, $[0].caption: found an array, wanted a string")
        #expect(
            try message(#"[{"image_id": 1}]"#, results)
                == #"F, $[0]: has no key "caption"; there are "image_id""#)
        #expect(try message(#"{"annotations": []}"#, results).hasPrefix("F, $: wanted results: "))
        #expect(try message(#"[{"image_id": 1, "caption": "a""#, results).hasPrefix("F"))
        let references = { (url: URL) in try CaptionReferences(contentsOf: url) }
        #expect(try message(#""x""#, references).hasPrefix("F, $: wanted COCO's ground truth"))
        #expect(
            try message(#"{"images": [{"id": 1}], "annotations": [{"image_id": 2, "caption": "a"}]}"#, references)
                == "F, $.annotations[0].image_id: image 2 is not in the list of images")
        #expect(
            try message(#"{"images": [{"id": 1}, {"id": "1"}], "annotations": []}"#, references)
                == "F, $.images[1].id: image 1 stands in the list twice")
        #expect(
            try message(#"[{"caption": "a"}]"#, references)
                == #"F, $[0]: has neither "image_id" nor "image""#)
    }

    @Test func invalidUTF8IsRefused() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("captions-\(UUID().uuidString).json")
        try Data(Array(#"[{"image_id": 1, "caption": "a"#.utf8) + [0xFF] + Array(#""}]"#.utf8)).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        #expect(throws: JSONError.self) { try CaptionPredictions(contentsOf: url) }
    }
}
