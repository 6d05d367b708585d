import Foundation
import JSON

/// The captions a model gave, one for each image.
public struct CaptionPredictions: Sendable {
    /// Where they come from, for messages.
    public var name: String
    /// Image and caption in the order of the file. An id may stand twice; scoring then takes the first or refuses.
    public var captions: [(id: ImageID, caption: String)]

    /// Predictions from memory.
    public init(_ captions: [(id: ImageID, caption: String)], name: String = "predictions") {
        self.captions = captions
        self.name = name
    }

    /// Reads COCO's results format, `[{"image_id": 12, "caption": "a dog"}]`; other keys are ignored.
    ///
    /// - Throws: `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        guard document.root.kind == .array else {
            throw document.root.error(
                "wanted results: [{\"image_id\": 12, \"caption\": \"a dog\"}, ...]"
            )
        }
        captions = try document.root.array.map {
            (id: try ImageID($0["image_id"]), caption: try $0["caption"].string)
        }
        name = document.name
    }

    /// The predictions in COCO's results format.
    public var tree: JSONTree {
        .array(captions.map { ["image_id": $0.id.tree, "caption": .string($0.caption)] })
    }
}
