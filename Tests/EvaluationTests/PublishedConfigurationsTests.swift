import Evaluation
import Foundation
import JSON
import TestSupport
import Testing

/// The published configurations, word for word but for their paths, on the small world.
struct PublishedConfigurationsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Apps/evaluate/configurations/published")
    private static let names: [String] =
        ["opt2.7b", "opt6.7b", "flant5xl"].map { "caption_coco_\($0)" }
        + ["nocaps", "vqav2_zeroshot", "okvqa_zeroshot", "gqa_zeroshot"].flatMap {
            ["\($0)_opt2.7b", "\($0)_flant5xl"]
        }
        + ["retrieval_coco", "retrieval_flickr30k"]

    private let small: SmallEvaluation
    private let output: TemporaryFolder

    init() throws {
        small = try SmallEvaluation.shared.get()
        output = try TemporaryFolder()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
    }

    @Test func noConfigurationIsLeftOut() throws {
        let present = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(present.sorted() == Self.names.map { "\($0).yaml" }.sorted())
    }

    /// The text with its paths replaced by those of the small world.
    private func placed(_ text: String) -> String {
        let lists = small.annotations.path
        var text = text
        text.replace(
            #/data/coco/annotations/coco_karpathy_(?:val|test)\.json/#, with: "\(lists)/coco_karpathy_test.json")
        text.replace(#/data/flickr30k/annotations/(?:val|test)\.json/#, with: "\(lists)/coco_karpathy_test.json")
        text.replace(#/data/nocaps/annotations/nocaps_(?:val|test)\.json/#, with: "\(lists)/nocaps_val.json")
        text.replace("data/nocaps/annotations/nocaps_val_4500_captions.json", with: "\(lists)/nocaps_val_gt.json")
        text.replace("data/gqa/annotations/", with: "\(lists)/")
        text.replace("data/okvqa/annotations/", with: "\(lists)/okvqa/")
        text.replace("data/coco/annotations/", with: "\(lists)/")
        text.replace(#/ data/[a-z0-9]+/images/#, with: " \(small.images.path)")
        text.replace(#/: models/blip2-stage1/#, with: ": \(small.root.path)/matcher")
        text.replace(#/: models/[a-z0-9.-]+t5[a-z0-9.-]+/#, with: ": \(small.root.path)/t5-captioner")
        text.replace(#/: models/[a-z0-9.-]+/#, with: ": \(small.root.path)/captioner")
        return text
    }

    @Test func everyConfigurationRuns() throws {
        for name in Self.names {
            let text = try text(name)
            #expect(text.contains("#   evaluate run --cfg-path Apps/evaluate/configurations/published/\(name).yaml "))
            let isRetrieval = name.hasPrefix("retrieval")
            let table = try small.evaluate(
                placed(text), options: ["model.image_size=64"] + (isRetrieval ? ["run.k_test=8"] : ["run.max_len=2"]),
                in: output.file(name))
            #expect(table != nil, "\(name)")
            for split in try FileManager.default.contentsOfDirectory(atPath: output.file(name).path)
            where !["configuration.yaml", "hashes.json"].contains(split) {
                let results = try JSONDocument(
                    contentsOf: output.file(name).appending(path: "\(split)/results.json")
                ).root
                #expect(try !results["scores"].isNull, "\(name), \(split)")
            }
        }
    }

    @Test func theValuesAreThePublishedOnes() throws {
        for name in Self.names {
            let values =
                switch name.prefix(while: { $0 != "_" }) {
                case "caption": ["num_beams: 5", "max_len: 30", "min_len: 8", "prompt: a photo of"]
                case "nocaps": ["num_beams: 3", "max_len: 20", "min_len: 5", "prompt: a photo of"]
                case "retrieval": ["k_test: 128"]
                default:
                    [
                        "num_beams: 5", "max_len: 10", "min_len: 1", "length_penalty: -1",
                        "prompt: \"Question: {} Short answer:\"",
                    ]
                }
            let size = name.contains("zeroshot") ? 224 : 364
            let text = try text(name)
            for line in values + ["image_size: \(size)"] { #expect(text.contains("\n  \(line)\n"), "\(name): \(line)") }
        }
    }
}
