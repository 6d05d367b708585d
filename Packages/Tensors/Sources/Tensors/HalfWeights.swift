import CTensorKernels

/// A weight matrix in bfloat16 or float16; sums of products with it are in float32.
///
/// The first product, or the second if the first has many rows, brings it into the order in which products read it. Up to
/// eight rows are multiplied with it as they are; more are rounded to bfloat16 first if it is in bfloat16, and stay as
/// they are if it is in float16, whatever the processor.
public struct HalfWeights: WeightStorage {
    /// The extents, `[outputs, inputs]`.
    public let shape: Shape
    /// Which of the two it is.
    public let scalarType: ScalarType
    private let matrix: PackedMatrix<Tensor>

    /// Takes a matrix in a half storage type as it lies, mapped or not.
    public init(_ tensor: Tensor) {
        precondition(
            tensor.scalarType != .float32 && tensor.shape.rank == 2,
            "half weights are a matrix in a half storage type, not \(tensor.scalarType.rawValue) \(tensor.shape)")
        shape = tensor.shape
        scalarType = tensor.scalarType
        matrix = PackedMatrix(tensor.detached(), shape: shape)
    }

    /// The matrix in its type.
    var tensor: Tensor { matrix.rows }

    /// Two for each element.
    public var byteCount: Int { shape.count * 2 }

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
        // A picture's or a prompt's many rows do not pay for memory that only their successors would use; with few, every
        // step of decoding comes back.
        let isDone =
            rows > TK_FEW_ROWS
            && matrix.withRowsOnce {
                tk_linear_halves(
                    input.baseAddress, $0, bias?.baseAddress, activation.kernel, output.baseAddress, Int64(rows))
            }
        if isDone { return }
        matrix.withWeights {
            tk_linear_stored(
                input.baseAddress, $0, bias?.baseAddress, activation.kernel, false, output.baseAddress, Int64(rows))
        }
    }

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    public func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        matrix.withWeights { tk_linear_stored_backward(gradient.baseAddress, $0, output.baseAddress, Int64(rows)) }
    }

    /// Writes one row of the matrix, `[inputs]`.
    public func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        matrix.copyRow(row, into: output)
    }
}
