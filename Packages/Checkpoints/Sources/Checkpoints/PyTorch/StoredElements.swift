import Tensors

/// Elements of a checkpoint as they are stored, row by row, kept alive by their owner.
struct StoredElements {
    let bytes: UnsafeRawBufferPointer
    let owner: AnyObject & Sendable
    let type: StoredType
    let dimensions: [Int]

    /// The elements as a tensor: those of 32 and 16 bits as they lie, those of 64 rounded to float32.
    func tensor(_ name: String, _ origin: String) throws -> Tensor {
        let shape = Shape(dimensions)
        if let type = type.scalarType { return Tensor(bytes: bytes, owner: owner, type: type, shape: shape) }
        guard type == .float64 else {
            throw CheckpointError(file: origin, key: name, problem: "\(type.rawValue) is not read as a tensor")
        }
        return withExtendedLifetime(owner) {
            Tensor(shape: shape) { scalars in
                for index in scalars.indices {
                    scalars[index] = Float(bytes.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
                }
            }
        }
    }

    /// The elements of I8 as the levels of a matrix, as they lie.
    func levels(_ name: String, _ origin: String) throws -> Int8Weights.Levels {
        guard type == .int8 else {
            throw CheckpointError(file: origin, key: name, problem: "is \(type.rawValue), wanted I8")
        }
        return Int8Weights.Levels(bytes: bytes, owner: owner)
    }

    /// The elements as whole numbers: of I64, I32, I16, I8, U8 or BOOL.
    func indexTensor(_ name: String, _ origin: String) throws -> IndexTensor {
        let scalars: [Int32]? =
            switch type {
            case .int64: indices(Int64.self)
            case .int32: indices(Int32.self)
            case .int16: indices(Int16.self)
            case .int8: indices(Int8.self)
            case .uint8, .bool: indices(UInt8.self)
            default:
                throw CheckpointError(file: origin, key: name, problem: "\(type.rawValue) is not read as indices")
            }
        guard let scalars else {
            throw CheckpointError(file: origin, key: name, problem: "holds a number that does not fit 32 bits")
        }
        return IndexTensor(scalars, shape: Shape(dimensions))
    }

    private func indices<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> [Int32]? {
        withExtendedLifetime(owner) {
            let size = MemoryLayout<Integer>.size
            var scalars: [Int32] = []
            scalars.reserveCapacity(bytes.count / size)
            for offset in stride(from: 0, to: bytes.count, by: size) {
                guard let scalar = Int32(exactly: bytes.loadUnaligned(fromByteOffset: offset, as: type)) else {
                    return nil
                }
                scalars.append(scalar)
            }
            return scalars
        }
    }
}

/// The elements of a tensor that lie apart in their storage, one after the other.
final class GatheredBytes: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let memory: UnsafeMutableRawBufferPointer

    init(_ tensor: StoredTensor, _ storage: UnsafeRawBufferPointer, elementSize: Int) {
        memory = .allocate(byteCount: tensor.count * elementSize, alignment: 16)
        bytes = UnsafeRawBufferPointer(memory)
        var place = [Int](repeating: 0, count: tensor.dimensions.count)
        var source = tensor.offset
        for target in 0..<tensor.count {
            for byte in 0..<elementSize { memory[target * elementSize + byte] = storage[source * elementSize + byte] }
            // Count on, from the last axis.
            for axis in place.indices.reversed() {
                place[axis] += 1
                source += tensor.strides[axis]
                if place[axis] < tensor.dimensions[axis] { break }
                source -= tensor.strides[axis] * tensor.dimensions[axis]
                place[axis] = 0
            }
        }
    }

    deinit { memory.deallocate() }
}
