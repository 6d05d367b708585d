import CTensorKernels

/// What products with weights, and those of attention, take of their operands. Sums are in float32 either way, and so is
/// everything else.
public enum ProductPrecision: String, Sendable, CaseIterable {
    /// All that they are.
    case float32
    /// Each number rounded to bfloat16, to nearest even, as training in mixed precision does. Weights stay in float32 and
    /// are rounded for each product. Micikevicius et al.: Mixed Precision Training, 2018; Kalamkar et al.: A Study of
    /// BFLOAT16 for Deep Learning Training, 2019.
    case bfloat16

    /// The precision of operations that are called at present.
    @TaskLocal static var current = ProductPrecision.float32

    var operands: tk_operands { self == .bfloat16 ? TK_OPERANDS_BFLOAT16 : TK_OPERANDS_FLOAT32 }
}

/// Runs `body` with the products of `linear` and `attend` in a precision. The products of their derivatives are in the same,
/// wherever the walk back starts. Losses, norms, `matrixProduct` and optimizers are in float32 all the same.
public func withProducts<Result>(in precision: ProductPrecision, _ body: () throws -> Result) rethrows -> Result {
    try ProductPrecision.$current.withValue(precision, operation: body)
}

extension Tensor {
    /// The float32 elements as products in a precision take them, off the tape.
    func rounded(for precision: ProductPrecision) -> Tensor {
        guard precision == .bfloat16 else { return self }
        let result = Tensor(uninitialized: shape)
        tk_round_bfloat16(pointer, result.pointer, Int64(count))
        return result
    }
}
