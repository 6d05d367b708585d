import Foundation
import JSON

/// A picture with the captions people gave it, as evaluation uses it.
public struct CaptionedImage: Hashable, Sendable {
    /// The picture's path below the folder of pictures.
    public var image: String
    /// The reference captions.
    public var captions: [String]
    /// The number that results carry.
    public var imageID: Int
}

/// The evaluation list of a captioning set: an array of `{"image", "caption": [...]}`.
public struct CaptionedImages: Sendable {
    /// The folder that the pictures' paths start from.
    public let folder: URL
    /// The pictures in the file's order.
    public let images: [CaptionedImage]

    /// Reads a list. A picture's number is what stands behind the last `_` of its file name, as in the reference
    /// (`lavis/datasets/datasets/coco_caption_datasets.py`). Throws an error that names the file and the record.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        self.images = try JSONDocument(contentsOf: file).root.array.map { record in
            let image = try record["image"].string
            return CaptionedImage(
                image: image, captions: try record["caption"].array.map { try $0.string },
                imageID: try Self.number(of: image, record["image"]))
        }
        if images.isEmpty { throw FileError(file: file.path, problem: "holds no picture") }
    }

    private static func number(of image: String, _ place: JSONValue) throws -> Int {
        let stem = URL(fileURLWithPath: image).deletingPathExtension().lastPathComponent
        guard let number = Int(stem.split(separator: "_").last ?? "") else {
            throw place.error("\"\(image)\" does not end in a number, as in name_000123.jpg")
        }
        return number
    }
}
