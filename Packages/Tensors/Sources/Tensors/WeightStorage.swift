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

    /// Writes `activation(input · weightᵀ + bias)`; a type that does all in one pass saves the others.
    func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, bias: UnsafeBufferPointer<Float>?, activation: Activation,
        into output: UnsafeMutableBufferPointer<Float>)

    /// Writes `gradient · weight`: `[rows, outputs]` to `[rows, inputs]`.
    func multiplyTransposed(
        _ gradient: UnsafeBufferPointer<Float>, rows: Int, into output: UnsafeMutableBufferPointer<Float>)

    /// Writes one row of the matrix, `[inputs]`.
    func copyRow(_ row: Int, into output: UnsafeMutableBufferPointer<Float>)
}

extension WeightStorage {
    /// The product, then the bias, then the activation.
    public func multiply(
        _ input: UnsafeBufferPointer<Float>, rows: Int, bias: UnsafeBufferPointer<Float>?, activation: Activation,
        into output: UnsafeMutableBufferPointer<Float>
    ) {
        multiply(input, rows: rows, into: output)
        let shape = [Int64(rows), Int64(self.shape[0])]
        if let bias {
            tk_binary_broadcast(
                TK_ADD, output.baseAddress, [shape[1], 1], bias.baseAddress, [0, 1], output.baseAddress, shape, 2)
        }
        tk_activate(activation.kernel, output.baseAddress, output.baseAddress, shape[0] * shape[1])
    }

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
