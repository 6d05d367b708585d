import Foundation

/// Pictures and texts that are to find each other, as the reference evaluates retrieval on COCO and Flickr30k: texts are
/// numbered over all pictures, and which belong together is known both ways.
public struct RetrievalSet: Sendable {
    /// The pictures.
    public let pictures: [PictureFile]
    /// The prepared captions of all pictures.
    public let texts: [String]
    /// The picture of each text.
    public let pictureOfText: [Int]
    /// The texts of each picture.
    public let textsOfPicture: [Range<Int>]

    /// The pictures of an evaluation list and their captions, which `text` prepares.
    public init(_ set: EvaluationList, text: CaptionText = CaptionText()) {
        pictures = set.images.map { PictureFile(set.folder.appendingPathComponent($0.image)) }
        texts = set.images.flatMap { $0.captions.map { text($0) } }
        pictureOfText = set.images.enumerated().flatMap { Array(repeating: $0, count: $1.captions.count) }
        var ranges: [Range<Int>] = []
        for image in set.images {
            let start = ranges.last?.upperBound ?? 0
            ranges.append(start..<start + image.captions.count)
        }
        textsOfPicture = ranges
    }
}
