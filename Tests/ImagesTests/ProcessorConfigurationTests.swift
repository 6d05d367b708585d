import Foundation
import Images
import JSON
import TestSupport
import Testing

@Suite struct ProcessorConfigurationTests {
    private let flat = """
        {"do_convert_rgb": true, "do_normalize": true, "do_rescale": true, "do_resize": true,
         "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_processor_type": "BlipImageProcessor",
         "image_std": [0.26862954, 0.26130258, 0.27577711], "processor_class": "Blip2Processor", "resample": 3,
         "rescale_factor": 0.00392156862745098, "size": {"height": 364, "width": 364}}
        """

    private func read(_ text: String, as name: String = "preprocessor_config.json") throws -> EvaluationProcessor {
        let scratch = try TemporaryFolder()
        _ = try scratch.write(Array(text.utf8), name)
        return try EvaluationProcessor(directory: scratch.url)
    }

    @Test func readsTheFlatAndTheNestedForm() throws {
        #expect(try read(flat) == EvaluationProcessor(size: 364))
        let nested = "{\"image_processor\": \(flat), \"num_query_tokens\": 32, \"processor_class\": \"Blip2Processor\"}"
        #expect(try read(nested, as: "processor_config.json") == EvaluationProcessor(size: 364))
        #expect(try read(nested) == EvaluationProcessor(size: 364))
    }

    @Test func readsOtherSettings() throws {
        let own = """
            {"size": 96, "resample": 2, "image_mean": [0.5, 0.25, 0], "image_std": [1, 2, 0.5], "rescale_factor": null}
            """
        let wanted = EvaluationProcessor(
            size: 96, normalization: PixelNormalization(mean: [0.5, 0.25, 0], deviation: [1, 2, 0.5]),
            filter: .bilinear)
        #expect(try read(own) == wanted)
        #expect(
            try read("{\"size\": 8, \"do_normalize\": false}").normalization
                == PixelNormalization(mean: [0, 0, 0], deviation: [1, 1, 1]))
    }

    @Test func writesWhatItReads() throws {
        let processor = EvaluationProcessor(size: 224, filter: .bilinear)
        #expect(try read(JSONWriter().text(processor.preprocessorConfiguration)) == processor)
        let text = JSONWriter().text(EvaluationProcessor(size: 224).preprocessorConfiguration)
        #expect(text.contains("\"resample\":3,\"rescale_factor\":0.00392156862745098,"))
    }

    @Test(arguments: [
        (#"{"image_mean": [0, 0, 0]}"#, #"$: has no key "size""#),
        (#"{"size": {"shortest_edge": 224}}"#, "$.size.shortest_edge: keeps the aspect ratio"),
        (#"{"size": {"height": 224, "width": 384}}"#, "$.size: is 384 x 224; a square is wanted"),
        (#"{"size": 0}"#, "$.size: is 0, wanted 1 to 16384 pixels"),
        (#"{"size": 224, "image_mean": [0, 0], "image_std": [1, 1, 1]}"#, "$.image_mean: has 2 numbers, wanted 3"),
        (#"{"size": 224, "image_mean": [0, 0, 0], "image_std": [1, 0, 1]}"#, "$.image_std: holds a number"),
        (#"{"size": 224, "do_center_crop": true}"#, "$.do_center_crop: is true; only false"),
        (#"{"size": 224, "resample": 1}"#, "$.resample: is 1; 2 (bilinear) and 3 (bicubic)"),
        (#"{"size": 224, "rescale_factor": 1}"#, "$.rescale_factor: is 1.0; only 1/255"),
        (#"{"size": "224"}"#, "$.size"),
    ])
    func namesTheKeyThatIsWrong(text: String, problem: String) {
        #expect {
            _ = try read(text)
        } throws: { error in
            "\(error)".contains("preprocessor_config.json, \(problem)")
        }
    }

    @Test func namesTheFileThatIsMissing() throws {
        let scratch = try TemporaryFolder()
        #expect {
            _ = try EvaluationProcessor(directory: scratch.url)
        } throws: { error in
            "\(error)".contains("\(scratch.url.path)/preprocessor_config.json: ")
        }
    }
}
