import Foundation
import JSON

extension CaptionEvaluation {
    /// Writes the scores of each image as lines of JSON, in the order of the references: `image_id`, `file_name` if it is
    /// known, `caption`, and the scores under pycocoevalcap's names.
    ///
    /// Throws `FileError`.
    public func writeImages(to url: URL) throws {
        let file = try FileReplacement(of: url)
        let writer = JSONWriter()
        let keys = report.scores.map(\.key)
        for image in images {
            var members: [(key: String, value: JSONTree)] = [("image_id", image.id.tree)]
            if let fileName = image.fileName { members.append(("file_name", .string(fileName))) }
            members.append(("caption", .string(image.caption)))
            for key in keys { if let score = image.scores[key] { members.append((key, .number(score))) } }
            try file.append(writer.bytes(.object(members)) + [0x0A])
        }
        try file.commit()
    }
}
