import EvaluationMetrics
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct RetrievalTests {
    /// Two images of two texts and one of one.
    private let counts = [2, 1, 2]
    private let rows: [[Float]] = [
        [0.9, 0.1, 0.8, 0.3, 0.2],
        [0.7, 0.6, 0.5, 0.4, 0.3],
        [0.1, 0.2, 0.3, 0.4, 0.4],
    ]

    @Test func ranksTextsAndImages() throws {
        let evaluation = try RetrievalEvaluation(ScoreMatrix(rows), captionCounts: counts)
        #expect(evaluation.texts.ranks == [0, 2, 0])
        #expect(evaluation.images.ranks == [0, 2, 1, 1, 0])
        #expect(abs(evaluation.texts.at(1) - 200 / 3) < 1e-12)
        #expect(evaluation.texts.at(5) == 100)
        let tree = try JSONDocument(parsing: JSONWriter().bytes(evaluation.tree), name: "report").root
        #expect(try tree["img_r1"].double == 40)
        #expect(try tree["agg_metrics"].double == evaluation.texts.mean)
    }

    @Test func equalScoresCountInTheirOrder() throws {
        let flat = try RetrievalEvaluation(ScoreMatrix([[1, 1, 1], [1, 1, 1]]), captionCounts: [1, 2])
        #expect(flat.texts.ranks == [0, 1])
        #expect(flat.images.ranks == [0, 1, 1])
    }

    /// Scores of some pairs, given in any order, rank as the whole matrix does; ties with the others too.
    @Test func sparseScoresRankAsTheWholeMatrix() throws {
        var draws = SeededNumbers(seed: 5)
        for _ in 0..<50 {
            let counts = (0..<5).map { _ in Int.random(in: 1...3, using: &draws) }
            let columnCount = counts.reduce(0, +)
            let others = Float(Int.random(in: -2...2, using: &draws))
            var dense = Array(repeating: Array(repeating: others, count: columnCount), count: 5)
            var sparse: [[(column: Int, score: Float)]] = Array(repeating: [], count: 5)
            for row in 0..<5 {
                let known = Int.random(in: 0...columnCount, using: &draws)
                for column in (0..<columnCount).shuffled(using: &draws).prefix(known) {
                    let score = Float(Int.random(in: -3...3, using: &draws))
                    dense[row][column] = score
                    sparse[row].append((column, score))
                }
            }
            let wanted = try RetrievalEvaluation(ScoreMatrix(dense), captionCounts: counts)
            let matrix = ScoreMatrix(sparse: sparse, columnCount: columnCount, others: others)
            #expect(matrix.rowCount == 5 && matrix.columnCount == columnCount)
            let found = try RetrievalEvaluation(matrix, captionCounts: counts)
            #expect(found.texts.ranks == wanted.texts.ranks && found.images.ranks == wanted.images.ranks)
        }
        let error = #expect(throws: EvaluationError.self) {
            try RetrievalEvaluation(
                ScoreMatrix(sparse: [[], [(column: 1, score: .nan)]], columnCount: 2, others: 0, name: "S"),
                captionCounts: [1, 1])
        }
        #expect(error?.description == "S: the score of image 1 and text 1, from 0, is not a number")
    }

    @Test func sizesMustFit() throws {
        #expect(throws: EvaluationError.self) { try RetrievalEvaluation(ScoreMatrix(rows), captionCounts: [5]) }
        #expect(throws: EvaluationError.self) { try RetrievalEvaluation(ScoreMatrix(rows), captionCounts: [5, 0, 0]) }
        #expect(throws: EvaluationError.self) { try ScoreMatrix([[1], [1, 2]]) }
        let error = #expect(throws: EvaluationError.self) {
            try RetrievalEvaluation(ScoreMatrix([[1, 2], [3, .nan]], name: "S"), captionCounts: [1, 1])
        }
        #expect(error?.description == "S: the score of image 1 and text 1, from 0, is not a number")
    }

    @Test func readsNumPyAndJSON() throws {
        let folder = FileManager.default.temporaryDirectory
        let wanted = try RetrievalEvaluation(ScoreMatrix(rows), captionCounts: counts)
        for isDouble in [false, true] {
            let file = folder.appendingPathComponent("scores-\(UUID().uuidString).npy")
            defer { try? FileManager.default.removeItem(at: file) }
            try array(isDouble: isDouble).write(to: file)
            let read = try RetrievalEvaluation(ScoreMatrix(contentsOf: file), captionCounts: counts)
            #expect(read.texts.ranks == wanted.texts.ranks && read.images.ranks == wanted.images.ranks)
            try array(isDouble: isDouble).dropLast().write(to: file)
            #expect(throws: FileError.self) { try ScoreMatrix(contentsOf: file) }
        }
        let file = folder.appendingPathComponent("scores-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("[[1, 2.5], [3, 4]]".utf8).write(to: file)
        let matrix = try ScoreMatrix(contentsOf: file)
        #expect(matrix.rowCount == 2 && matrix.columnCount == 2)
    }

    /// As `numpy.save` writes it.
    private func array(isDouble: Bool) -> Data {
        let head = "{'descr': '<f\(isDouble ? 8 : 4)', 'fortran_order': False, 'shape': (3, 5), }"
        let text = head.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
        var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8))
        for score in rows.joined() {
            if isDouble {
                withUnsafeBytes(of: Double(score)) { data.append(contentsOf: $0) }
            } else {
                withUnsafeBytes(of: score) { data.append(contentsOf: $0) }
            }
        }
        return data
    }
}
