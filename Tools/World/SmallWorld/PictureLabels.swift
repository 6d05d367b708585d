import Foundation
import JSON

/// What the pictures of a world show, as its `labels.json` tells it.
public struct PictureLabels: Sendable {
    private let name: String
    private let shown: [String: Set<CaptionJudge.Pair>]

    /// Reads `labels.json`. Throws `JSONError` that names the file and the entry.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        name = document.name
        shown = Dictionary(
            try document.root.array.map { picture in
                (try picture["image"].string, Set(try picture["objects"].array.map(Self.pair)))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The colours and forms in a picture, by its file below `images`. Throws `FileError` for one without labels.
    public func pairs(in image: String) throws -> Set<CaptionJudge.Pair> {
        guard let pairs = shown[image] else { throw FileError(file: name, problem: "tells nothing about \(image)") }
        return pairs
    }

    private static func pair(_ object: JSONValue) throws -> CaptionJudge.Pair {
        guard let colour = Colour(rawValue: try object["colour"].string) else {
            throw try object["colour"].error("is no colour of the small world")
        }
        guard let form = Form(rawValue: try object["shape"].string) else {
            throw try object["shape"].error("is no shape of the small world")
        }
        return CaptionJudge.Pair(colour: colour, form: form)
    }
}
