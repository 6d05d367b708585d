import CTensorKernels

/// A way to store a weight matrix `[outputs, inputs]` that is not dense float32. `linear` and `embed` ask it for all
/// they need, so a new storage type touches no layer and no model.
public protocol WeightStorage: Sendable {
    /// The extents, `[outputs, inputs]`.
    var shape: Shape { get }

    /// Bytes the matrix takes.
    var byteCount: Int { get }

    /// Writes `input · weightᵀ`: `[rows, inputs]` to `[rows, outputs]`.
    func multiply(_ input: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>)

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>)

    /// Writes one row of the matrix, `[inputs]`.
    func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>)
}

extension WeightStorage {
    /// The matrix widened to float32.
    public func dense() -> Tensor {
        let width = shape[1]
        return Tensor(shape: shape) { target in
            for row in 0..<shape[0] {
                copyRow(row, into: UnsafeMutableBufferPointer(rebasing: target[row * width..<(row + 1) * width]))
            }
        }
    }
}

/// A weight matrix in bfloat16 or float16, widened panel by panel inside the product.
public struct HalfWeights: WeightStorage {
    private let tensor: Tensor

    /// Takes a matrix in a half storage type as it lies, mapped or not.
    public init(_ tensor: Tensor) {
        precondition(
            tensor.scalarType != .float32 && tensor.shape.rank == 2,
            "half weights are a matrix in a half storage type, not \(tensor.scalarType.rawValue) \(tensor.shape)")
        self.tensor = tensor
    }

    /// The extents, `[outputs, inputs]`.
    public var shape: Shape { tensor.shape }

    /// Two for each element.
    public var byteCount: Int { tensor.count * 2 }

    /// Writes `input · weightᵀ`: `[rows, inputs]` to `[rows, outputs]`.
    public func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        let product = tensor.scalarType == .bfloat16 ? tk_linear_bfloat16 : tk_linear_float16
        product(
            input.baseAddress, tensor.halfPointer, output.baseAddress, Int64(rows), Int64(shape[1]), Int64(shape[0]))
    }

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    public func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>
    ) {
        let product = tensor.scalarType == .bfloat16 ? tk_linear_bfloat16_backward : tk_linear_float16_backward
        product(
            gradient.baseAddress, tensor.halfPointer, output.baseAddress, Int64(rows), Int64(shape[1]),
            Int64(shape[0]))
    }

    /// Writes one row of the matrix, `[inputs]`.
    public func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>) {
        let widen = tensor.scalarType == .bfloat16 ? tk_widen_bfloat16 : tk_widen_float16
        widen(tensor.halfPointer + row * shape[1], output.baseAddress, Int64(shape[1]))
    }
}
