import CTensorKernels

/// A weight matrix in bfloat16 or float16. Up to eight rows are multiplied with it as it lies, more with panels of it that
/// are widened inside the product.
public struct HalfWeights: WeightStorage {
    /// The matrix in its type.
    let tensor: Tensor

    /// Takes a matrix in a half storage type as it lies, mapped or not.
    public init(_ tensor: Tensor) {
        precondition(
            tensor.scalarType != .float32 && tensor.shape.rank == 2,
            "half weights are a matrix in a half storage type, not \(tensor.scalarType.rawValue) \(tensor.shape)")
        self.tensor = tensor
    }

    /// The extents, `[outputs, inputs]`.
    public var shape: Shape { tensor.shape }

    /// Which of the two it is.
    public var scalarType: ScalarType { tensor.scalarType }

    /// Two for each element.
    public var byteCount: Int { tensor.count * 2 }

    private var weights: tk_weights {
        tk_weights(
            element: tensor.scalarType == .bfloat16 ? TK_BFLOAT16 : TK_FLOAT16, data: tensor.halfPointer, scales: nil,
            outputs: Int64(shape[0]), inputs: Int64(shape[1]))
    }

    /// Writes `input · weightᵀ`: `[rows, inputs]` to `[rows, outputs]`.
    public func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        withUnsafePointer(to: weights) { tk_linear_stored(input.baseAddress, $0, output.baseAddress, Int64(rows)) }
    }

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    public func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        withUnsafePointer(to: weights) {
            tk_linear_stored_backward(gradient.baseAddress, $0, output.baseAddress, Int64(rows))
        }
    }

    /// Writes one row of the matrix, `[inputs]`.
    public func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        withUnsafePointer(to: weights) { tk_widen_row($0, Int64(row), output.baseAddress) }
    }
}
