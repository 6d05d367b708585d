import Foundation
import JSON

/// A picture with one caption, as training uses it.
public struct CaptionPair: Hashable, Sendable {
    /// The picture's path below the folder of pictures.
    public var image: String
    /// The caption as it stands in the file.
    public var caption: String
    /// What the file calls the picture, such as `coco_123`; nil where it does not say.
    public var imageID: String?

    /// A picture with one caption.
    public init(image: String, caption: String, imageID: String? = nil) {
        self.image = image
        self.caption = caption
        self.imageID = imageID
    }
}

/// The training list of a captioning set: COCO's Karpathy file, Visual Genome, CC3M, CC12M and SBU are all arrays of
/// `{"image", "caption"}`, COCO's with an `image_id`.
public struct CaptionPairs: Sendable {
    /// The folder that the pictures' paths start from.
    public let folder: URL
    /// The pairs in the file's order.
    public let pairs: [CaptionPair]

    /// Reads a list. Throws an error that names the file and the record.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        self.pairs = try JSONDocument(contentsOf: file).root.array.map { record in
            CaptionPair(
                image: try record["image"].string, caption: try record["caption"].string,
                imageID: try record.optional("image_id").map { try $0.text })
        }
        if pairs.isEmpty { throw FileError(file: file.path, problem: "holds no caption") }
    }
}

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

extension JSONValue {
    /// A string, or a number as it would be written.
    fileprivate var text: String {
        get throws { kind == .string ? try string : String(try int) }
    }
}
