import Foundation
import JSON

/// Recall of texts by images and of images by texts.
///
/// A text's image is its only right answer, an image has several right texts; recall at k is the part of the queries that
/// have a right answer among the k best. Of equal scores the one that stands first is better.
public struct RetrievalEvaluation: Sendable {
    /// One direction.
    public struct Recall: Sendable {
        /// The place of the best right answer of each query, 0 for the first.
        public var ranks: [Int]

        /// The part of the queries with a right answer among the first `count`, in per cent.
        public func at(_ count: Int) -> Double {
            100 * Double(ranks.count { $0 < count }) / Double(ranks.count)
        }

        /// The mean of recall at 1, 5 and 10.
        public var mean: Double { (at(1) + at(5) + at(10)) / 3 }
    }

    /// Texts by images.
    public let texts: Recall
    /// Images by texts.
    public let images: Recall

    /// Ranks the scores of `matrix`. [images, texts]
    ///
    /// - Parameters:
    ///   - captionCounts: how many texts each image has; those of an image stand together, in the order of the images.
    ///   - byText: the scores for images by texts, where they differ from those for texts by images. [images, texts]
    /// - Throws: `EvaluationError` if the numbers of images and texts do not fit, or a score is not a number.
    public init(_ matrix: ScoreMatrix, captionCounts: [Int], byText: ScoreMatrix? = nil) throws {
        let textCount = captionCounts.reduce(0, +)
        for matrix in [matrix, byText].compactMap({ $0 }) {
            guard matrix.rowCount == captionCounts.count, matrix.columnCount == textCount, textCount > 0 else {
                throw EvaluationError(
                    files: matrix.name,
                    problem: "scores \(matrix.rowCount) images and \(matrix.columnCount) texts, where there are "
                        + "\(captionCounts.count) images with \(textCount) captions")
            }
            if let (row, column) = matrix.firstNaN {
                throw EvaluationError(
                    files: matrix.name, problem: "the score of image \(row) and text \(column), from 0, is not a number"
                )
            }
        }
        guard captionCounts.allSatisfy({ $0 > 0 }) else {
            throw EvaluationError(files: matrix.name, problem: "an image without captions cannot be retrieved for")
        }
        let owners = captionCounts.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
        texts = Recall(ranks: RetrievalEvaluation.textRanks(matrix, owners))
        images = Recall(ranks: RetrievalEvaluation.imageRanks(byText ?? matrix, owners))
    }

    private static func textRanks(_ matrix: ScoreMatrix, _ owners: [Int]) -> [Int] {
        (0..<matrix.rowCount).map { image in
            var best = (score: -Double.infinity, column: Int.max)
            matrix.forEachScore(row: image) { text, score in
                if owners[text] == image && (best.column == .max || score > best.score) { best = (score, text) }
            }
            var rank = 0
            matrix.forEachScore(row: image) { text, score in
                if score > best.score || (score == best.score && text < best.column) { rank += 1 }
            }
            return rank
        }
    }

    private static func imageRanks(_ matrix: ScoreMatrix, _ owners: [Int]) -> [Int] {
        var own = [Double](repeating: 0, count: owners.count)
        for image in 0..<matrix.rowCount {
            matrix.forEachScore(row: image) { text, score in if owners[text] == image { own[text] = score } }
        }
        var ranks = [Int](repeating: 0, count: owners.count)
        for image in 0..<matrix.rowCount {
            matrix.forEachScore(row: image) { text, score in
                if score > own[text] || (score == own[text] && image < owners[text]) { ranks[text] += 1 }
            }
        }
        return ranks
    }

    /// The recalls as JSON, under LAVIS's names: `txt_r1` ... `img_r10`, `txt_r_mean`, `img_r_mean`, `r_mean`,
    /// `agg_metrics`; and `count` and `scale`.
    public var tree: JSONTree {
        var members: [(key: String, value: JSONTree)] = []
        for (name, recall) in [("txt", texts), ("img", images)] {
            for count in [1, 5, 10] { members.append(("\(name)_r\(count)", .number(recall.at(count)))) }
            members.append(("\(name)_r_mean", .number(recall.mean)))
        }
        members.append(("r_mean", .number((texts.mean + images.mean) / 2)))
        members.append(("agg_metrics", .number(texts.mean)))
        members.append(("count", ["images": .integer(texts.ranks.count), "texts": .integer(images.ranks.count)]))
        members.append(("scale", .number(100)))
        return .object(members)
    }

    /// The recalls as a table for people, in per cent.
    public var table: String {
        let rows = [("texts by images", texts), ("images by texts", images)].map { name, recall in
            name
                + String(format: "  %6.2f  %6.2f  %6.2f  %6.2f", recall.at(1), recall.at(5), recall.at(10), recall.mean)
        }
        let head = "\(texts.ranks.count) images, \(images.ranks.count) texts"
        return ([head, "                    R@1     R@5    R@10    mean"] + rows).joined(separator: "\n")
    }
}
