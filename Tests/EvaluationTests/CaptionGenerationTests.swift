import BLIP2
import Evaluation
import EvaluationMetrics
import Foundation
import Images
import JSON
import TestSupport
import Testing

struct CaptionGenerationTests {
    private let folder: TemporaryFolder
    private let references: CaptionReferences
    private static let count = 9

    init() throws {
        folder = try TemporaryFolder()
        var images: [CaptionReferences.Image] = []
        for number in 1...Self.count {
            let name = "picture_\(number).png"
            try Data(picture(UInt64(number)).png()).write(to: folder.file(name))
            images.append(.init(id: .number(number), captions: ["a circle"], fileName: name))
        }
        references = CaptionReferences(images, name: "list.json")
    }

    @Test(arguments: [1, 5]) func captionsDoNotDependOnTheBatch(beams: Int) throws {
        let captioner = try smallCaptioner()
        var options = Captioner.Options()
        options.beamCount = beams
        let alone = try references.images.map { image in
            try captioner.caption(imageAt: folder.file(image.fileName ?? ""), options: options)
        }
        #expect(Set(alone).count > Self.count / 2, "the captions hardly differ: \(alone)")
        for batchSize in [1, 2, 4, Self.count, 16] {
            let predictions = try CaptionGeneration(captioner, options: options, batchSize: batchSize)
                .predictions(for: references, imagesIn: folder.url)
            #expect(predictions.captions.map(\.caption) == alone, "batches of \(batchSize)")
            #expect(predictions.captions.map(\.id) == references.images.map(\.id))
        }
    }

    @Test func resultsFileHoldsTheCaptions() throws {
        let output = folder.file("predictions.json")
        let predictions = try CaptionGeneration(smallCaptioner()).predictions(
            for: references, imagesIn: folder.url, writingTo: output)
        let read = try CaptionPredictions(contentsOf: output)
        #expect(read.captions.map(\.caption) == predictions.captions.map(\.caption))
        #expect(read.captions.map(\.id) == predictions.captions.map(\.id))
        #expect(read.captions.count == Self.count)
    }

    @Test func aMissingPictureIsNamedAndLeavesNoFile() throws {
        try FileManager.default.removeItem(at: folder.file("picture_8.png"))
        let before = folder.names
        let error = #expect(throws: ImageError.self) {
            try CaptionGeneration(smallCaptioner(), batchSize: 2).predictions(
                for: references, imagesIn: folder.url, writingTo: folder.file("predictions.json"))
        }
        #expect("\(try #require(error))".contains("picture_8.png"))
        #expect(folder.names == before)
    }

    @Test func anOutputThatCannotBeWrittenStopsBeforeTheFirstPicture() throws {
        try FileManager.default.removeItem(at: folder.file("picture_1.png"))
        let output = folder.file("nowhere/predictions.json")
        let error = #expect(throws: FileError.self) {
            try CaptionGeneration(smallCaptioner()).predictions(
                for: references, imagesIn: folder.url, writingTo: output)
        }
        #expect(try #require(error).file == output.path)
    }

    @Test func referencesWithoutFileNamesAreRefused() throws {
        let nameless = CaptionReferences([.init(id: 7, captions: ["a dog"])], name: "truth.json")
        let error = #expect(throws: FileError.self) {
            try CaptionGeneration(smallCaptioner()).predictions(for: nameless, imagesIn: folder.url)
        }
        #expect(
            "\(try #require(error))"
                == "truth.json: image 7 has no file name; wanted \"image\" in a list, \"file_name\" in COCO's form")
    }
}
