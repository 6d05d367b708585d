import Foundation
import JSON

/// The captions people wrote, several for each image.
public struct CaptionReferences: Sendable {
    /// One image and its captions.
    public struct Image: Sendable {
        /// The image's id.
        public var id: ImageID
        /// Its captions, in the order of the file.
        public var captions: [String]
        /// The image's file name, if the annotations tell it.
        public var fileName: String?
        /// The part of the data set that it belongs to, if the annotations tell it, as those of NoCaps do.
        public var domain: String?

        /// An image and its captions.
        public init(id: ImageID, captions: [String], fileName: String? = nil, domain: String? = nil) {
            self.id = id
            self.captions = captions
            self.fileName = fileName
            self.domain = domain
        }
    }

    /// Where they come from, for messages.
    public var name: String
    /// The images in the order of the file.
    public var images: [Image]

    /// References from memory. An id that stands twice is one image with the captions of both.
    public init(_ images: [Image], name: String = "references") {
        self.name = name
        self.images = []
        var places: [ImageID: Int] = [:]
        for image in images {
            if let place = places[image.id] {
                self.images[place].captions += image.captions
            } else {
                places[image.id] = self.images.count
                self.images.append(image)
            }
        }
    }

    /// Reads COCO's ground truth (an object with `images` and `annotations`) or a list as Karpathy's splits are
    /// written: `[{"image": "val2014/COCO_val2014_000000000456.jpg", "caption": ["...", "..."]}]`.
    ///
    /// In a list an image's id is its `image_id` if it has one, else its `instance_id` or `img_id`, else the digits at
    /// the end of its file name, else the file name. Throws `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        switch document.root.kind {
        case .object: self.init(try CaptionReferences.groundTruth(document.root), name: document.name)
        case .array: self.init(try document.root.array.map(CaptionReferences.listed), name: document.name)
        default:
            throw document.root.error(
                "wanted COCO's ground truth or a list of images with captions")
        }
    }

    private static func groundTruth(_ root: JSONValue) throws -> [Image] {
        var images = try root["images"].array.map { entry in
            Image(
                id: try ImageID(entry["id"]), captions: [], fileName: try entry.optional("file_name")?.string,
                domain: try entry.optional("domain")?.string)
        }
        var places: [ImageID: Int] = [:]
        for (place, image) in images.enumerated() {
            guard places.updateValue(place, forKey: image.id) == nil else {
                throw try root["images"].array[place]["id"].error("image \(image.id) stands in the list twice")
            }
        }
        for annotation in try root["annotations"].array {
            let id = try ImageID(annotation["image_id"])
            guard let place = places[id] else {
                throw try annotation["image_id"].error("image \(id) is not in the list of images")
            }
            images[place].captions.append(try annotation["caption"].string)
        }
        return images
    }

    private static func listed(_ entry: JSONValue) throws -> Image {
        let caption = try entry["caption"]
        let captions = caption.kind == .array ? try caption.array.map { try $0.string } : [try caption.string]
        let fileName = try entry.optional("image")?.string
        for key in ["image_id", "instance_id", "img_id"] {
            if let id = try entry.optional(key) {
                return Image(id: try ImageID(id), captions: captions, fileName: fileName)
            }
        }
        guard let fileName else { throw entry.error("has neither \"image_id\" nor \"image\"") }
        return Image(id: id(ofFile: fileName), captions: captions, fileName: fileName)
    }

    /// `COCO_val2014_000000000456.jpg` is image 456.
    private static func id(ofFile path: String) -> ImageID {
        let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
        let digits = stem.split(separator: "_").last ?? ""
        if !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) {
            return .number(number)
        }
        return .text(path)
    }
}
