import Foundation
import JSON

/// A picture with one caption, as training uses it.
public struct CaptionedPicture: Hashable, Sendable {
    /// The picture.
    public var picture: PictureFile
    /// The caption as it stands in the file.
    public var caption: String
    /// What the file calls the picture, such as `coco_123`; nil where it does not say.
    public var imageID: String?

    /// A picture with one caption.
    public init(picture: PictureFile, caption: String, imageID: String? = nil) {
        self.picture = picture
        self.caption = caption
        self.imageID = imageID
    }
}

/// Pictures with a caption each, by number, from any thread.
public protocol CaptionSource: Sendable {
    /// What names the source in errors and reports: a file or a folder.
    var name: String { get }

    /// The number of samples.
    var count: Int { get }

    /// A sample, its picture not yet opened. Throws an error that names the file and the record.
    func sample(_ number: Int) throws -> CaptionedPicture
}

/// Several sources, one after the other.
public struct ConcatenatedCaptions: CaptionSource {
    /// The sources in their order.
    public let parts: [any CaptionSource]
    private let starts: [Int]

    /// Sources, at least one.
    public init(_ parts: [any CaptionSource]) {
        precondition(!parts.isEmpty, "no source of captions")
        self.parts = parts
        starts = parts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    }

    /// The names of all.
    public var name: String { parts.map(\.name).joined(separator: ", ") }

    /// The samples of all.
    public var count: Int { starts[parts.count] }

    /// A sample; those of the first source come first.
    public func sample(_ number: Int) throws -> CaptionedPicture {
        let part = (starts.firstIndex { $0 > number } ?? parts.count) - 1
        return try parts[part].sample(number - starts[part])
    }
}
