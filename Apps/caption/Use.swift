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
    }

    /// The results for a batch.
    func results(for images: [Image]) throws -> [Result] {
        switch self {
        case .captions(let captioner, let options):
            return try captioner.alternatives(for: images, options: options).map { Self.texts($0, "caption") }
        case .answers(let answerer, let question, let options):
            let questions = Array(repeating: question, count: images.count)
            return try answerer.answers(to: questions, about: images, options: options).map {
                Self.texts([$0], "answer")
            }
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
