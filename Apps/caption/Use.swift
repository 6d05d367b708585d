import BLIP2
import Foundation
import Images
import JSON
import Tensors

/// What is said of pictures, and by which model.
enum Use {
    case captions(Captioner, Captioner.Options)
    case answers(QuestionAnswerer, String, QuestionAnswerer.Options)
    case matches(Matcher, String)
    case imageFeatures(FeatureExtractor)
    case jointFeatures(FeatureExtractor, String)

    /// What is said of one picture: a line for a reader, and members for a machine.
    struct Result {
        var text: String
        var members: [(key: String, value: JSONTree)]
        /// Where the queries looked, and the picture as the model saw it.
        var attention: (map: PictureAttention, square: Image)?
    }

    /// The results for a batch.
    ///
    /// - Parameter watching: whether they are to tell where the queries looked, as captions and answers can
    func results(for images: [Image], watching: Bool) throws -> [Result] {
        switch self {
        case .captions(let captioner, let options):
            let pictures = captioner.parts.look(at: images)
            let results = try captioner.alternatives(for: pictures, options: options).map { Self.texts($0, "caption") }
            return watching ? Self.watched(results, captioner.parts, pictures, images) : results
        case .answers(let answerer, let question, let options):
            let pictures = answerer.parts.look(at: images)
            let questions = Array(repeating: question, count: images.count)
            let results = try answerer.answers(to: questions, about: pictures, options: options).map {
                Self.texts([$0], "answer")
            }
            return watching ? Self.watched(results, answerer.parts, pictures, images) : results
        case .matches(let matcher, let text):
            return matcher.scores(of: images, text).map { score in
                Result(
                    text: "\(score.probability)\t\(score.similarity)",
                    members: [
                        ("probability", .number(Double(score.probability))),
                        ("similarity", .number(Double(score.similarity))),
                    ])
            }
        case .imageFeatures(let extractor): return Self.rows(extractor.features(of: images).vectors)
        case .jointFeatures(let extractor, let text):
            return Self.rows(extractor.features(of: images, with: Array(repeating: text, count: images.count)))
        }
    }

    private static func texts(_ texts: [String], _ key: String) -> Result {
        var members: [(key: String, value: JSONTree)] = [(key, .string(texts[0]))]
        if texts.count > 1 { members.append(("alternatives", .array(texts.map { .string($0) }))) }
        return Result(text: texts.joined(separator: "\t"), members: members)
    }

    private static func watched(
        _ results: [Result], _ parts: VisionLanguageParts, _ pictures: VisionLanguageParts.SeenPictures,
        _ images: [Image]
    ) -> [Result] {
        zip(zip(results, images), parts.attention(to: pictures)).map { known, map in
            var result = known.0
            result.attention = (map, parts.processor.square(known.1))
            result.members.append(("class_share", .number(Double(map.meanClassShare))))
            return result
        }
    }

    /// The rows of each picture, `[batch, rows, width]`.
    static func rows(_ tensor: Tensor) -> [Result] {
        let (rows, width) = (tensor.shape[1], tensor.shape[2])
        let scalars = tensor.scalars
        return (0..<tensor.shape[0]).map { picture in
            let own = (0..<rows).map { row in
                JSONTree.array(
                    (0..<width).map { .number(Double(scalars[(picture * rows + row) * width + $0])) })
            }
            let tree = JSONTree.array(own)
            return Result(text: JSONWriter().text(tree), members: [("features", tree)])
        }
    }
}
