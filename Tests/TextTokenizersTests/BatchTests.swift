import Testing
import TextTokenizers

/// Rectangles of ids.
struct BatchTests {
    private let texts = ["a", "a small red circle", ""]

    @Test(arguments: [BatchLayout.Side.left, .right])
    func rowsArePaddedToTheLongest(side: BatchLayout.Side) throws {
        let tokenizer = try Fixtures.wordPiece()
        let batch = tokenizer.batch(texts, layout: BatchLayout(side: side))
        let rows = texts.map { tokenizer.encode($0) }
        #expect(batch.rowCount == 3)
        #expect(batch.columnCount == rows[1].count)
        for (index, row) in rows.enumerated() {
            let padding = [Int32](repeating: 0, count: batch.columnCount - row.count)
            let ones = [Int32](repeating: 1, count: row.count)
            let range = index * batch.columnCount..<(index + 1) * batch.columnCount
            #expect(Array(batch.row(index)) == (side == .left ? padding + row : row + padding))
            #expect(Array(batch.mask[range]) == (side == .left ? padding + ones : ones + padding))
        }
    }

    @Test func limitKeepsSpecialTokens() throws {
        let tokenizer = try Fixtures.wordPiece()
        let batch = tokenizer.batch(texts, layout: BatchLayout(length: .fixed(4), limit: 4))
        #expect(batch.columnCount == 4)
        let whole = tokenizer.encode(texts[1])
        #expect(Array(batch.row(1)) == Array(whole[..<3]) + [102])
        #expect(Array(batch.row(2)) == [101, 102, 0, 0])
        #expect(tokenizer.batch(texts, layout: BatchLayout(limit: 1)).columnCount == 2)
    }

    @Test func fixedLengthWithoutLimitHoldsTheLongest() throws {
        let tokenizer = try Fixtures.bytePair()
        let batch = tokenizer.batch(texts, layout: BatchLayout(length: .fixed(2)))
        #expect(batch.columnCount == tokenizer.encode(texts[1]).count)
        #expect(tokenizer.batch([]).ids.isEmpty)
    }
}
