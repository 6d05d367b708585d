import Tensors

/// The element types a safetensors file may declare. Those that are neither widened to float32 nor read as indices are
/// known by size, so that files that hold them can be read for their other tensors.
public enum StoredType: String, Sendable, CaseIterable {
    case bool = "BOOL"
    case uint8 = "U8"
    case int8 = "I8"
    case int16 = "I16"
    case uint16 = "U16"
    case int32 = "I32"
    case uint32 = "U32"
    case int64 = "I64"
    case uint64 = "U64"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case float32 = "F32"
    case float64 = "F64"
    case float8E4M3 = "F8_E4M3"
    case float8E5M2 = "F8_E5M2"
    case float8E8M0 = "F8_E8M0"
    case float6E2M3 = "F6_E2M3"
    case float6E3M2 = "F6_E3M2"
    case float4 = "F4"
    case complex64 = "C64"

    /// Bits an element takes.
    public var bitCount: Int {
        switch self {
        case .float4: 4
        case .float6E2M3, .float6E3M2: 6
        case .bool, .uint8, .int8, .float8E4M3, .float8E5M2, .float8E8M0: 8
        case .int16, .uint16, .float16, .bfloat16: 16
        case .int32, .uint32, .float32: 32
        case .int64, .uint64, .float64, .complex64: 64
        }
    }

    /// The type that stores a tensor's elements as they are.
    public init(_ type: ScalarType) {
        switch type {
        case .float32: self = .float32
        case .bfloat16: self = .bfloat16
        case .float16: self = .float16
        }
    }

    /// The type that holds the elements of matrices in a storage type.
    public init(_ format: WeightFormat) { self = format.scalarType.map { StoredType($0) } ?? .int8 }

    /// The tensor storage type of the same elements, if there is one.
    public var scalarType: ScalarType? {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        case .float16: .float16
        default: nil
        }
    }

    /// Bytes that elements of a shape take; nil if that is no whole number of bytes or overflows.
    func byteCount(of dimensions: [Int]) -> Int? {
        var bits = bitCount
        for extent in dimensions {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { return nil }
            bits = product
        }
        return bits % 8 == 0 ? bits / 8 : nil
    }
}
