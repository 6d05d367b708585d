import CTensorKernels

/// A weight matrix in bfloat16 or float16; sums of products with it are in float32.
///
/// One in bfloat16 is brought into the order in which products read it by the first of them. Up to eight rows are
/// multiplied with it as they are; more are rounded to bfloat16 first, whatever the processor. One in float16 stays as it
/// lies and is widened inside products.
public struct HalfWeights: WeightStorage {
    /// The extents, `[outputs, inputs]`.
    public let shape: Shape
    /// Which of the two it is.
    public let scalarType: ScalarType
    private let content: Content

    private enum Content {
        case rows(Tensor)
        case packed(PackedMatrix<Tensor>)
    }

    /// Takes a matrix in a half storage type as it lies, mapped or not.
    public init(_ tensor: Tensor) {
        precondition(
            tensor.scalarType != .float32 && tensor.shape.rank == 2,
            "half weights are a matrix in a half storage type, not \(tensor.scalarType.rawValue) \(tensor.shape)")
        shape = tensor.shape
        scalarType = tensor.scalarType
        content =
            scalarType == .bfloat16 ? .packed(PackedMatrix(tensor.detached(), shape: shape)) : .rows(tensor.detached())
    }

    /// The matrix in its type.
    var tensor: Tensor {
        switch content {
        case .rows(let tensor): tensor
        case .packed(let matrix): matrix.rows
        }
    }

    /// Two for each element.
    public var byteCount: Int { shape.count * 2 }

    private func withWeights(_ body: (UnsafePointer<tk_weights>) -> Void) {
        switch content {
        case .packed(let matrix): matrix.withWeights(body)
        case .rows(let tensor):
            withExtendedLifetime(tensor) {
                let weights = tk_weights(
                    element: tensor.element, data: tensor.address, scales: nil, outputs: Int64(shape[0]),
                    inputs: Int64(shape[1]))
                withUnsafePointer(to: weights, body)
            }
        }
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
        withWeights {
            tk_linear_stored(
                input.baseAddress, $0, bias?.baseAddress, activation.kernel, false, output.baseAddress, Int64(rows))
        }
    }

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    public func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        withWeights { tk_linear_stored_backward(gradient.baseAddress, $0, output.baseAddress, Int64(rows)) }
    }

    /// Writes one row of the matrix, `[inputs]`.
    public func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        switch content {
        case .packed(let matrix): matrix.copyRow(row, into: output)
        case .rows: withWeights { tk_widen_row($0, false, Int64(row), output.baseAddress) }
        }
    }
}
