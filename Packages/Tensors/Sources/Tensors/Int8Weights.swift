import CTensorKernels

/// A weight matrix in 8 bits: whole numbers with a scale for each row, and a few columns apart in bfloat16.
///
/// Large language models have input channels whose weights are far above all others. In a row's 255 levels they would
/// leave a handful for the rest, so these columns are kept apart. Dettmers et al.: LLM.int8(), 2022. The inputs of a
/// product are rounded to whole numbers as well, with a scale for each row, and its sums are exact whatever the processor:
/// to 8 bits, or, up to eight rows and in a row whose greatest magnitude is far above the others, to as many as 32-bit sums
/// have room for.
public struct Int8Weights: WeightStorage {
    /// The extents, `[outputs, inputs]`.
    public let shape: Shape
    /// `[outputs]`
    public let scales: Tensor
    /// The columns that are kept apart, ascending.
    public let outlierColumns: [Int32]
    /// What they hold, in bfloat16, `[outputs, columns]`; nil if there are none.
    public let outliers: Tensor?
    private let matrix: PackedMatrix<Levels>
    private let outlierWeights: HalfWeights?

    /// The elements in units of their row's scale, row by row; 0 in the columns that are kept apart.
    public var levels: Levels { matrix.rows }

    /// A column is kept apart if its greatest magnitude is this many times that of the median column.
    public static let outlierFactor: Float = 8
    /// At most one column in this many is kept apart.
    public static let leastColumnsPerOutlier = 32

    /// Rounds a matrix in any storage type.
    public init(rounding matrix: Tensor) {
        precondition(matrix.shape.rank == 2, "int8 weights are a matrix, not \(matrix.shape)")
        let columns = Self.outlierColumns(of: matrix)
        let (levels, scales) = (Levels(count: matrix.count), Tensor(uninitialized: [matrix.shape[0]]))
        let outliers = Tensor(uninitialized: [matrix.shape[0], columns.count])
        let width = matrix.shape[1]
        matrix.forEachWidenedRun(of: width, copying: true) { elements, places in
            let rows = places.lowerBound / max(width, 1)..<places.upperBound / max(width, 1)
            for row in rows where !columns.isEmpty {
                for (place, column) in columns.enumerated() {
                    let element = elements + (row - rows.lowerBound) * width + Int(column)
                    outliers.mutableElements[row * columns.count + place] = element.pointee
                    element.pointee = 0
                }
            }
            tk_quantize_rows(
                elements, levels.writable + places.lowerBound, scales.pointer + rows.lowerBound, Int64(rows.count),
                Int64(width))
        }
        self.init(
            levels: levels, scales: scales, inputs: width, outlierColumns: columns,
            outliers: columns.isEmpty ? nil : outliers)
    }

    /// Takes what was rounded before.
    ///
    /// - Parameters:
    ///   - levels: row by row
    ///   - scales: `[outputs]`
    ///   - outlierColumns: ascending
    ///   - outliers: in bfloat16, `[outputs, columns]`
    public init(levels: Levels, scales: Tensor, inputs: Int, outlierColumns: [Int32] = [], outliers: Tensor? = nil) {
        shape = [scales.count, inputs]
        precondition(levels.count == shape.count, "\(levels.count) levels do not make a matrix of \(shape)")
        precondition(
            outlierColumns.count == outliers?.shape[1] ?? 0 && outlierColumns.allSatisfy { 0..<Int32(inputs) ~= $0 },
            "the columns kept apart do not fit a matrix of \(shape)")
        matrix = PackedMatrix(levels, shape: shape)
        self.scales = scales.widened.detached()
        self.outlierColumns = outlierColumns
        self.outliers = outliers?.stored(as: .bfloat16)
        outlierWeights = self.outliers.map { HalfWeights($0) }
    }

    /// One for each element, and what the scales and the columns kept apart take.
    public var byteCount: Int {
        shape.count + 4 * scales.count + 2 * (outliers?.count ?? 0) + 4 * outlierColumns.count
    }

    /// Writes `input · weightᵀ`: `[rows, inputs]` to `[rows, outputs]`.
    public func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        multiply(input, rows: rows, bias: nil, activation: .identity, into: output)
    }

    /// Writes `activation(input · weightᵀ + bias)`: `[rows, inputs]` to `[rows, outputs]`.
    public func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, bias: UnsafeBufferPointer<Float>?, activation: Activation,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        if let outlierWeights {
            let part = Tensor(shape: [rows, outlierColumns.count]) { part in
                forEachOutlier(rows) { part[$0] = input[$1] }
            }
            outlierWeights.multiply(part.elements, rows: rows, into: output)
        }
        matrix.withWeights(scales: scales) {
            tk_linear_stored(
                input.baseAddress, $0, bias?.baseAddress, activation.kernel, outlierWeights != nil, output.baseAddress,
                Int64(rows))
        }
    }

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    public func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        matrix.withWeights(scales: scales) {
            tk_linear_stored_backward(gradient.baseAddress, $0, output.baseAddress, Int64(rows))
        }
        guard let outlierWeights else { return }
        let part = Tensor(uninitialized: [rows, outlierColumns.count])
        outlierWeights.multiplyTransposed(gradient, rows: rows, into: part.mutableElements)
        forEachOutlier(rows) { output[$1] += part.elements[$0] }
    }

    /// Writes one row of the matrix, `[inputs]`.
    public func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        matrix.copyRow(row, scales: scales, into: output)
        guard let outliers else { return }
        let values = outliers.slice(axis: 0, from: row, to: row + 1).widened
        for (value, column) in zip(values.elements, outlierColumns) { output[Int(column)] = value }
    }

    /// Calls `body` with the place of each outlier in a matrix of the outliers alone, and in one of all inputs.
    private func forEachOutlier(_ rows: Int, _ body: (Int, Int) -> Void) {
        let count = outlierColumns.count
        for row in 0..<rows {
            for (index, column) in outlierColumns.enumerated() {
                body(row * count + index, row * shape[1] + Int(column))
            }
        }
    }

    /// The columns of a matrix that are kept apart, ascending.
    public static func outlierColumns(of matrix: Tensor) -> [Int32] {
        let magnitudes = matrix.columnMagnitudes
        if magnitudes.isEmpty { return [] }
        let limit = magnitudes.sorted()[magnitudes.count / 2] * outlierFactor
        let above = magnitudes.indices.filter { magnitudes[$0] > limit }.sorted { magnitudes[$0] > magnitudes[$1] }
        return above.prefix(magnitudes.count / leastColumnsPerOutlier).map { Int32($0) }.sorted()
    }
}

extension Int8Weights {
    /// Whole numbers from -127 to 127 in memory: their own, or bytes that somebody else owns and that are not written.
    public final class Levels: MatrixRows, @unchecked Sendable {
        /// How many there are.
        public let count: Int
        let pointer: UnsafePointer<Int8>
        private let owner: AnyObject

        /// Takes bytes that `owner` keeps alive, such as those of a mapped file.
        public init(bytes: UnsafeRawBufferPointer, owner: AnyObject & Sendable) {
            count = bytes.count
            self.owner = owner
            pointer = UnsafePointer(bytes.assumingMemoryBound(to: Int8.self).baseAddress ?? Self.nothing)
        }

        convenience init(count: Int) {
            self.init(rows: Storage(count: (count + 1) / 2, type: .bfloat16), shape: [count])
        }

        init(rows: Storage, shape: Shape) {
            count = shape.count
            owner = rows
            pointer = UnsafePointer(rows.address.assumingMemoryBound(to: Int8.self))
        }

        var element: tk_element { TK_INT8 }
        var address: UnsafeRawPointer { UnsafeRawPointer(pointer) }

        func releaseMemory() { withBytes { (owner as? any ReleasableMemory)?.release($0) } }

        var writable: UnsafeMutablePointer<Int8> { UnsafeMutablePointer(mutating: pointer) }

        /// Calls `body` with the numbers' bytes.
        public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
            try body(UnsafeRawBufferPointer(start: pointer, count: count))
        }

        private nonisolated(unsafe) static let nothing = UnsafePointer(UnsafeMutablePointer<Int8>.allocate(capacity: 1))
    }
}

extension Tensor {
    /// The greatest magnitude of each column of a matrix.
    fileprivate var columnMagnitudes: [Float] {
        let width = shape[1]
        var greatest = [Float](repeating: 0, count: width)
        greatest.withUnsafeMutableBufferPointer { greatest in
            guard let base = greatest.baseAddress else { return }
            forEachWidenedRun(of: width) { elements, places in
                tk_column_magnitudes(elements, base, Int64(places.count / width), Int64(width))
            }
        }
        return greatest
    }
}
