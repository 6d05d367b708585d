import BLIP2
import Datasets
import Evaluation
import Foundation
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers

/// Retrieval in blocks beside whole matrices.
struct RetrievalRunTests {
    private let small: SmallEvaluation
    private let folder: TemporaryFolder

    init() throws {
        small = try SmallEvaluation.shared.get()
        folder = try TemporaryFolder()
    }

    /// The places of a row, the best first, of those that are candidates.
    private func order(_ row: ArraySlice<Float>) -> [Int] {
        let scores = Array(row)
        return scores.indices.filter { scores[$0] > RetrievalScores.notACandidate }
            .sorted { (scores[$1], $0) < (scores[$0], $1) }
    }

    @Test(arguments: [1, 4, 9, 64]) func findsWhatWholeMatricesFind(candidates: Int) throws {
        let output = folder.file("run")
        try small.evaluate(
            small.configuration("retrieval"), options: ["run.k_test=\(candidates)"], in: output)
        let found = try JSONDocument(contentsOf: output.appending(path: "test/predictions.json")).root
        let list = small.annotations.appending(path: "coco_karpathy_test.json")
        let set = RetrievalSet(try EvaluationList(contentsOf: list, imagesIn: small.images))
        let parts = try ImageTextParts(directory: small.root.appending(path: "matcher"))
        let pixels = parts.processor.normalization.batch(
            of: try set.pictures.map { parts.processor.square(try $0.decode()) })
        let texts = MaskedTokens(parts.tokenizer.batch(set.texts, layout: .init(length: .fixed(35), limit: 35)))
        let whole = RetrievalScores(pixels, texts, model: parts.model, candidateCount: candidates)
        for (name, matrix) in [
            ("texts_by_picture", whole.imagesToTexts), ("pictures_by_text", whole.textsToImages),
        ] {
            let width = matrix.shape[1]
            let rows = try found[name].array.map { try $0.array.map { try $0.int } }
            #expect(rows.count == matrix.shape[0])
            for (number, row) in rows.enumerated() {
                let expected = order(matrix.scalars[number * width..<(number + 1) * width]).prefix(10)
                #expect(row == Array(expected), "\(name), row \(number)")
            }
        }
    }

    /// Equal similarities keep the order of the columns, whatever the blocks.
    @Test func bestCandidatesDoNotDependOnBlocks() {
        var numbers = SeededNumbers(seed: 2)
        let (rowCount, columnCount) = (7, 23)
        let matrix = (0..<rowCount).map { _ in
            (0..<columnCount).map { _ in Float(Int.random(in: 0..<6, using: &numbers)) }
        }
        for count in [1, 5, 23, 40] {
            let expected = matrix.map { row in
                Array(row.indices.sorted { (row[$1], $0) < (row[$0], $1) }.prefix(count))
            }
            for (height, width) in [(7, 23), (1, 1), (3, 5), (2, 20)] {
                var straight = BestCandidates(rowCount: rowCount, count: count)
                var turned = BestCandidates(rowCount: rowCount, count: count)
                // From the last block to the first.
                for first in stride(from: 0, to: rowCount, by: height).reversed() {
                    for column in stride(from: 0, to: columnCount, by: width).reversed() {
                        let rows = Array(first..<min(first + height, rowCount))
                        let columns = Array(column..<min(column + width, columnCount))
                        straight.add(
                            Tensor(
                                rows.flatMap { row in columns.map { matrix[row][$0] } },
                                shape: [rows.count, columns.count]),
                            firstRow: first, firstColumn: column)
                        turned.add(
                            transposed: Tensor(
                                columns.flatMap { column in rows.map { matrix[$0][column] } },
                                shape: [columns.count, rows.count]), firstRow: first, firstColumn: column)
                    }
                }
                #expect(straight.rows.map { $0.map(\.column) } == expected, "\(count), blocks of \(height) x \(width)")
                #expect(turned.rows.map { $0.map(\.column) } == expected, "\(count), blocks of \(height) x \(width)")
            }
        }
    }
}
