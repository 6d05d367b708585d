/// The storage types that weight matrices come in.
public enum WeightFormat: String, Sendable, Hashable, CaseIterable, Codable {
    /// IEEE 754 binary32.
    case float32
    /// The upper half of a binary32.
    case bfloat16
    /// IEEE 754 binary16.
    case float16
    /// Whole numbers with a scale for each row, `Int8Weights`.
    case int8

    /// The storage type of a tensor's elements; nil for the one that no tensor has.
    public var scalarType: ScalarType? { ScalarType(rawValue: rawValue) }

    /// Bytes of a matrix `[outputs, inputs]`; without columns kept apart, which its numbers decide.
    public func byteCount(of shape: Shape) -> Int {
        scalarType.map { shape.count * $0.byteCount } ?? shape.count + 4 * shape[0]
    }
}

extension Parameter {
    /// Brings a matrix to a storage type, rounding it; every type but float32 freezes it. Weights that are no matrices
    /// stay as they are. What was mapped from a file is let go of.
    public func store(as format: WeightFormat) {
        guard shape.rank == 2, self.format != format else { return }
        let tensor = tensor
        switch (format, format.scalarType) {
        case (.float32, _): storage = nil
        case (_, let type?): storage = HalfWeights(tensor.stored(as: type))
        case (_, nil): storage = Int8Weights(rounding: tensor)
        }
        tensor.releaseMemory()
    }

    /// The storage type; nil for one that is not built in.
    private var format: WeightFormat? {
        switch storage {
        case nil: .float32
        case let half as HalfWeights: WeightFormat(rawValue: half.scalarType.rawValue)
        case is Int8Weights: .int8
        default: nil
        }
    }
}
