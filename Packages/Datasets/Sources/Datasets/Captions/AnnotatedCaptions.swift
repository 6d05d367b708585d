import Foundation
import JSON

/// The training list of a captioning set: COCO's Karpathy file, Visual Genome, CC3M, CC12M and SBU are all arrays of
/// `{"image", "caption"}`, COCO's with an `image_id`; one object a line will do as well.
public struct AnnotatedCaptions: CaptionSource {
    /// The folder that the pictures' paths start from.
    public let folder: URL
    private let records: RecordFile

    /// Opens a list. Throws an error that names the file, also if it holds no record or the first is of another kind.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        records = try RecordFile(contentsOf: file)
        if records.count == 0 { throw FileError(file: file.path, problem: "holds no caption") }
        _ = try sample(0)
    }

    /// The file.
    public var name: String { records.path }

    /// The number of captions.
    public var count: Int { records.count }

    /// A caption and its picture.
    public func sample(_ number: Int) throws -> CaptionedPicture {
        let record = try records.record(number)
        return CaptionedPicture(
            picture: PictureFile(folder.appendingPathComponent(try record["image"].string)),
            caption: try record["caption"].string, imageID: try record.optional("image_id").map { try $0.text })
    }
}

extension JSONValue {
    /// A string, or a number as it would be written.
    var text: String {
        get throws { kind == .string ? try string : String(try int) }
    }
}
