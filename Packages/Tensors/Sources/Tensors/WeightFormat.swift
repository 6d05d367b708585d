/// The storage types that weight matrices come in.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable {
    /// IEEE 754 binary32.
    case float32
    /// The upper half of a binary32.
    case bfloat16
    /// IEEE 754 binary16.
    case float16
    /// Whole numbers with a scale for each row, `Int8Weights`.
    case int8
}

extension Parameter {
    /// Brings a matrix to a storage type, rounding it; every type but float32 freezes it. Weights that are no matrices
    /// stay as they are.
    public func store(as format: WeightFormat) {
        if shape.rank != 2 { return }
        switch format {
        case .float32: storage = nil
        case .bfloat16: store(as: ScalarType.bfloat16)
        case .float16: store(as: ScalarType.float16)
        case .int8: if !(storage is Int8Weights) { storage = Int8Weights(rounding: withoutGradients { value }) }
        }
    }

    private func store(as type: ScalarType) {
        if (storage as? HalfWeights)?.scalarType != type { value = withoutGradients { value }.stored(as: type) }
    }
}
