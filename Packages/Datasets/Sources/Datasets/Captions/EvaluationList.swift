import Foundation
import JSON

/// A picture with the captions people gave it, as evaluation uses it; NoCaps keeps its captions back.
public struct EvaluationImage: Hashable, Sendable {
    /// The picture's path below the folder of pictures.
    public var image: String
    /// The reference captions, if there are any.
    public var captions: [String]
    /// The number that results carry.
    public var imageID: Int
}

/// The evaluation list of a captioning or retrieval set: records of `image` and a list of captions, `caption`, as of
/// COCO, Flickr30k and CC3M, or of `image` and `img_id`, as of NoCaps.
public struct EvaluationList: Sendable {
    /// The folder that the pictures' paths start from.
    public let folder: URL
    /// The pictures in the file's order.
    public let images: [EvaluationImage]

    /// Reads a list. A picture's number is its `img_id`, or its `image_id` if that is a number, or else what stands behind
    /// the last `_` of its file name, as in the reference (`lavis/datasets/datasets/coco_caption_datasets.py`). Throws an
    /// error that names the file and the record.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        let records = try RecordFile(contentsOf: file)
        images = try (0..<records.count).map { number in
            let record = try records.record(number)
            return EvaluationImage(
                image: try record["image"].string, captions: try record.optional("caption").map { try $0.texts } ?? [],
                imageID: try Self.imageID(of: record))
        }
        if images.isEmpty { throw FileError(file: file.path, problem: "holds no picture") }
    }

    private static func imageID(of record: JSONValue) throws -> Int {
        if let id = try record.optional("img_id") { return try id.number }
        if let id = try record.optional("image_id"), id.kind == .integer { return try id.int }
        let place = try record["image"]
        let image = try place.string
        let stem = URL(fileURLWithPath: image).deletingPathExtension().lastPathComponent
        guard let number = Int(stem.split(separator: "_").last ?? "") else {
            throw place.error("\"\(image)\" does not end in a number, as in name_000123.jpg")
        }
        return number
    }
}
