import Foundation
import JSON

extension CaptionEvaluation {
    /// Each image in the order of the references: `image_id`, `file_name` if it is known, `caption`, and the scores under
    /// pycocoevalcap's names.
    public var imageTrees: [JSONTree] {
        let keys = report.scores.map(\.key)
        return images.map { image in
            var members: [(key: String, value: JSONTree)] = [("image_id", image.id.tree)]
            if let fileName = image.fileName { members.append(("file_name", .string(fileName))) }
            members.append(("caption", .string(image.caption)))
            for key in keys { if let score = image.scores[key] { members.append((key, .number(score))) } }
            return .object(members)
        }
    }

    /// Writes `imageTrees` as lines of JSON.
    ///
    /// - Throws: `FileError`.
    public func writeImages(to url: URL) throws {
        let file = try FileReplacement(of: url)
        let writer = JSONWriter()
        for image in imageTrees { try file.append(writer.bytes(image) + [0x0A]) }
        try file.commit()
    }
}
