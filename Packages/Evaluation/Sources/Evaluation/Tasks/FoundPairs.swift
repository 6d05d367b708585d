import BLIP2
import Datasets
import EvaluationMetrics
import Foundation
import JSON
import Reports

/// What pictures and texts found, scored.
struct FoundPairs {
    private let set: RetrievalSet
    private let evaluation: RetrievalEvaluation
    private let byPicture: [PairCandidates.ScoredRow]
    private let byText: [PairCandidates.ScoredRow]

    private static let listedCount = 10

    /// - Parameter scores: of the candidates; all other pairs are behind them.
    init(
        _ set: RetrievalSet, _ scores: (byPicture: [PairCandidates.ScoredRow], byText: [PairCandidates.ScoredRow])
    ) throws {
        func matrix(_ rows: [PairCandidates.ScoredRow]) -> ScoreMatrix {
            ScoreMatrix(
                sparse: rows, columnCount: set.texts.count, others: RetrievalScores.notACandidate, name: "scores")
        }
        self.set = set
        evaluation = try RetrievalEvaluation(
            matrix(scores.byPicture), captionCounts: set.textsOfPicture.map(\.count), byText: matrix(scores.byText))
        byPicture = scores.byPicture
        var turned: [PairCandidates.ScoredRow] = Array(repeating: [], count: set.texts.count)
        for (picture, row) in scores.byText.enumerated() {
            for text in row { turned[text.column].append((column: picture, score: text.score)) }
        }
        byText = turned
    }

    var result: SplitResult {
        SplitResult(
            predictions: [
                "texts_by_picture": .array(byPicture.map { .array(Self.best($0).map(JSONTree.integer)) }),
                "pictures_by_text": .array(byText.map { .array(Self.best($0).map(JSONTree.integer)) }),
            ], samples: samples, scores: evaluation.tree, table: evaluation.table, page: page)
    }

    /// The first of those that were found, the best first; of equal ones that which stands first.
    private static func best(_ row: PairCandidates.ScoredRow) -> [Int] {
        row.sorted { ($1.score, $0.column) < ($0.score, $1.column) }.prefix(listedCount).map(\.column)
    }

    private var samples: [JSONTree] {
        let pictures = set.pictures.enumerated().map { number, picture -> JSONTree in
            let rank = evaluation.texts.ranks[number]
            return [
                "image": .string(picture.description), "rank": .integer(rank), "txt_r1": .integer(rank < 1 ? 1 : 0),
            ]
        }
        let texts = set.texts.enumerated().map { number, text -> JSONTree in
            let rank = evaluation.images.ranks[number]
            return ["text": .string(text), "rank": .integer(rank), "img_r1": .integer(rank < 1 ? 1 : 0)]
        }
        return pictures + texts
    }

    private var page: HTMLPage {
        let rows = evenlySpaced(set.pictures.count).map { number -> [SortableTable.Cell] in
            let file = URL(fileURLWithPath: set.pictures[number].description)
            let found = Self.best(byPicture[number]).prefix(3).map { text -> HTML in
                let isRight = set.pictureOfText[text] == number
                return .element("li", [:], [.text(set.texts[text] + (isRight ? " (its own)" : ""))])
            }
            return [
                SortableTable.Cell(pictureInPage(file, file.lastPathComponent) + [.text(file.lastPathComponent)]),
                SortableTable.Cell([.element("ul", [:], found)]),
                SortableTable.Cell(Double(evaluation.texts.ranks[number] + 1), digits: 0),
            ]
        }
        return HTMLPage(
            title: "Retrieval",
            body: [
                .heading(1, "Retrieval"), .code(evaluation.table), .heading(2, "Texts by pictures"),
                .paragraph("Some of the pictures, at equal distances in the list."),
                SortableTable(header: ["picture", "the best three texts", "place of the first of its own"], rows: rows)
                    .html,
            ], isSortable: true)
    }
}
