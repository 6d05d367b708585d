import BLIP2
import EvaluationMetrics
import Foundation
import Images
import JSON
import Reports

/// Writes captions of all pictures of a set.
public struct CaptionGeneration: Sendable {
    /// The model.
    public let captioner: Captioner
    /// How it writes.
    public var options: Captioner.Options
    /// Pictures that are captioned together. It changes speed and memory, not captions.
    public var batchSize: Int

    /// Captions by a model.
    public init(_ captioner: Captioner, options: Captioner.Options = .init(), batchSize: Int = 16) {
        precondition(batchSize > 0, "a batch of \(batchSize) pictures")
        self.captioner = captioner
        self.options = options
        self.batchSize = batchSize
    }

    /// Captions the pictures of a set, with a progress line on a terminal.
    ///
    /// - Parameters:
    ///   - references: names the pictures: ids, and file names below the folder
    ///   - folder: holds the pictures
    ///   - output: where the captions go in COCO's results form; it is found out before the first caption whether a
    ///     file can be made there
    /// - Throws: `ImageError` that names a file that is missing or no picture; `FileError` if the references do not name
    ///   a picture's file, or the output cannot be written; `CaptionLengthError` for options the model has no room for.
    public func predictions(
        for references: CaptionReferences, imagesIn folder: URL, writingTo output: URL? = nil
    ) throws -> CaptionPredictions {
        let file = try output.map(FileReplacement.init)
        let pictures = try references.images.map { (id: $0.id, url: try Self.file(of: $0, references, in: folder)) }
        let predictions = CaptionPredictions(
            try captions(of: pictures), name: output?.path ?? "captions of \(folder.path)")
        if let file {
            try file.append(JSONWriter().bytes(predictions.tree) + [UInt8(ascii: "\n")])
            try file.commit()
        }
        return predictions
    }

    private func captions(of pictures: [(id: ImageID, url: URL)]) throws -> [(id: ImageID, caption: String)] {
        let progress = ProgressLine("captions", counting: "pictures", total: pictures.count)
        defer { progress.end() }
        var captions: [(id: ImageID, caption: String)] = []
        for start in stride(from: 0, to: pictures.count, by: batchSize) {
            let batch = pictures[start..<min(start + batchSize, pictures.count)]
            let images = try batch.map { try Image(contentsOf: $0.url) }
            captions += zip(batch, try captioner.captions(of: images, options: options)).map { ($0.id, $1) }
            progress.show(captions.count)
        }
        return captions
    }

    private static func file(
        of image: CaptionReferences.Image, _ references: CaptionReferences, in folder: URL
    ) throws -> URL {
        guard let name = image.fileName else {
            throw FileError(
                file: references.name,
                problem: "image \(image.id) has no file name; wanted \"image\" in a list, \"file_name\" in COCO's form")
        }
        return folder.appendingPathComponent(name)
    }
}
