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

    /// How many columns of a row are kept.
    public let count: Int
    /// For each row its best columns, the most similar first, and of equal ones that which stands first.
    public private(set) var rows: [[Candidate]]
    /// By row the similarity of the last of its candidates, below which nothing is taken any more. Most of a matrix fails here.
    private var bounds: [Float]

    /// No columns yet.
    public init(rowCount: Int, count: Int) {
        precondition(count > 0, "\(count) candidates")
        self.count = count
        rows = Array(repeating: [], count: rowCount)
        bounds = Array(repeating: -.infinity, count: rowCount)
    }

    /// Looks at a block, `[rows, columns]`, whose first row and column have these numbers.
    public mutating func add(_ block: Tensor, firstRow: Int, firstColumn: Int) {
        let (height, width) = (block.shape[0], block.shape[1])
        block.withScalars { similarities in
            for row in 0..<height {
                for column in 0..<width {
                    add(similarities[row * width + column], row: firstRow + row, column: firstColumn + column)
                }
            }
        }
    }

    /// Looks at a block of the matrix turned on its side, `[columns, rows]`.
    public mutating func add(transposed block: Tensor, firstRow: Int, firstColumn: Int) {
        let (width, height) = (block.shape[0], block.shape[1])
        block.withScalars { similarities in
            for column in 0..<width {
                for row in 0..<height {
                    add(similarities[column * height + row], row: firstRow + row, column: firstColumn + column)
                }
            }
        }
    }

    private mutating func add(_ similarity: Float, row: Int, column: Int) {
        if similarity < bounds[row] { return }
        if rows[row].count == count, let last = rows[row].last {
            guard (similarity, last.column) > (last.similarity, column) else { return }
            rows[row].removeLast()
        }
        var (low, high) = (0, rows[row].count)
        while low < high {
            let middle = (low + high) / 2
            let other = rows[row][middle]
            if (other.similarity, column) > (similarity, other.column) { low = middle + 1 } else { high = middle }
        }
        rows[row].insert(Candidate(column: column, similarity: similarity), at: low)
        if rows[row].count == count, let last = rows[row].last { bounds[row] = last.similarity }
    }
}
