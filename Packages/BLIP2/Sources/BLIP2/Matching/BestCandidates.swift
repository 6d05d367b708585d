import Dispatch
import Tensors

/// The most similar columns of each row of a matrix that is looked at block by block, so that it need never be whole.
public struct BestCandidates: Sendable {
    /// A column and its similarity.
    public struct Candidate: Hashable, Sendable {
        /// The column.
        public let column: Int
        /// How similar it is.
        public let similarity: Float
    }

    /// The best columns of a row so far.
    private struct Row: Sendable {
        var candidates: [Candidate] = []
        /// The similarity of the last of them, once there are enough. What is below it is not taken, which most of a
        /// matrix is.
        var bound = -Float.infinity

        mutating func add(_ similarity: Float, _ column: Int, limit: Int) {
            if candidates.count == limit, let last = candidates.last {
                guard (similarity, last.column) > (last.similarity, column) else { return }
                candidates.removeLast()
            }
            var (low, high) = (0, candidates.count)
            while low < high {
                let middle = (low + high) / 2
                let other = candidates[middle]
                if (other.similarity, column) > (similarity, other.column) { low = middle + 1 } else { high = middle }
            }
            candidates.insert(Candidate(column: column, similarity: similarity), at: low)
            if candidates.count == limit, let last = candidates.last { bound = last.similarity }
        }
    }

    /// A part of the matrix in memory, in either order.
    private struct Block {
        var similarities: UnsafeBufferPointer<Float>
        var rowCount: Int
        var columnCount: Int
        /// How far the numbers of one column lie apart, and those of one row.
        var rowStep: Int
        var columnStep: Int
    }

    /// Rows that one thread looks at in a go.
    private static let rowsAtOnce = 8

    /// How many columns of a row are kept.
    public let count: Int
    private var found: [Row]

    /// For each row its best columns, the most similar first, and of equal ones that which stands first.
    public var rows: [[Candidate]] { found.map(\.candidates) }

    /// No columns yet.
    public init(rowCount: Int, count: Int) {
        precondition(count > 0, "\(count) candidates")
        self.count = count
        found = Array(repeating: Row(), count: rowCount)
    }

    /// Looks at a block, `[rows, columns]`, whose first row and column have these numbers.
    public mutating func add(_ block: Tensor, firstRow: Int, firstColumn: Int) {
        let (height, width) = (block.shape[0], block.shape[1])
        block.withScalars { similarities in
            let block = Block(
                similarities: similarities, rowCount: height, columnCount: width, rowStep: width, columnStep: 1)
            add(block, firstRow: firstRow, firstColumn: firstColumn)
        }
    }

    /// Looks at a block of the matrix turned on its side, `[columns, rows]`.
    public mutating func add(transposed block: Tensor, firstRow: Int, firstColumn: Int) {
        let (width, height) = (block.shape[0], block.shape[1])
        block.withScalars { similarities in
            let block = Block(
                similarities: similarities, rowCount: height, columnCount: width, rowStep: 1, columnStep: height)
            add(block, firstRow: firstRow, firstColumn: firstColumn)
        }
    }

    /// Looks at rows on all processors. What becomes of a row depends on nothing but its own numbers.
    private mutating func add(_ block: Block, firstRow: Int, firstColumn: Int) {
        let limit = count
        let pieceCount = (block.rowCount + Self.rowsAtOnce - 1) / Self.rowsAtOnce
        precondition(firstRow >= 0 && firstRow + block.rowCount <= found.count, "rows beyond \(found.count)")
        found.withUnsafeMutableBufferPointer { found in
            nonisolated(unsafe) let (found, block) = (found, block)
            DispatchQueue.concurrentPerform(iterations: pieceCount) { piece in
                for row in piece * Self.rowsAtOnce..<min(block.rowCount, (piece + 1) * Self.rowsAtOnce) {
                    Self.add(block, row, to: &found[firstRow + row], firstColumn: firstColumn, limit: limit)
                }
            }
        }
    }

    private static func add(_ block: Block, _ row: Int, to own: inout Row, firstColumn: Int, limit: Int) {
        for column in 0..<block.columnCount {
            let similarity = block.similarities[row * block.rowStep + column * block.columnStep]
            if !(similarity < own.bound) { own.add(similarity, firstColumn + column, limit: limit) }
        }
    }
}
