import CTensorKernels

/// An array of numbers with a shape: a value over shared, recycled storage, row-major and without gaps.
///
/// Arithmetic is in float32 whatever the storage type. A tensor that was computed from a `Parameter` that is not
/// frozen remembers how, so that `gradients()` can walk back from a scalar.
public struct Tensor: Sendable {
    /// The extents of the axes.
    public let shape: Shape
    var storage: Storage
    /// The first element, counted in elements from the start of the storage.
    let offset: Int
    /// How this tensor was computed; nil where no gradient is wanted.
    let node: Node?

    init(shape: Shape, storage: Storage, offset: Int = 0, node: Node? = nil) {
        self.shape = shape
        self.storage = storage
        self.offset = offset
        self.node = node
    }

    /// Uninitialised float32 elements.
    init(uninitialized shape: Shape) { self.init(shape: shape, storage: Storage(count: shape.count)) }

    /// A tensor of these elements in row-major order, as many as the shape has.
    public init(_ scalars: [Float], shape: Shape) {
        precondition(scalars.count == shape.count, "\(scalars.count) scalars do not fill shape \(shape)")
        self.init(uninitialized: shape)
        scalars.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
        }
    }

    /// A scalar: a tensor without axes.
    public init(_ scalar: Float) { self.init([scalar], shape: []) }

    /// A tensor of zeros.
    public init(zeros shape: Shape) { self.init(repeating: 0, shape: shape) }

    /// A tensor of one value.
    public init(repeating value: Float, shape: Shape) {
        self.init(uninitialized: shape)
        tk_fill(value, pointer, Int64(shape.count))
    }

    /// A tensor whose elements `body` writes, all of them, in row-major order.
    public init(shape: Shape, initializingWith body: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.init(uninitialized: shape)
        try body(UnsafeMutableBufferPointer(start: pointer, count: shape.count))
    }

    /// A tensor over bytes that `owner` keeps alive, such as a mapped file; they are not copied.
    public init(bytes: UnsafeRawBufferPointer, owner: AnyObject & Sendable, type: ScalarType, shape: Shape) {
        precondition(
            bytes.count == shape.count * type.byteCount,
            "\(bytes.count) bytes do not hold shape \(shape) in \(type.rawValue)")
        guard let address = bytes.baseAddress, Int(bitPattern: address) % type.byteCount == 0 else {
            self.init(copying: bytes, type: type, shape: shape)
            return
        }
        self.init(shape: shape, storage: Storage(mapped: address, type: type, owner: owner))
    }

    private init(copying bytes: UnsafeRawBufferPointer, type: ScalarType, shape: Shape) {
        self.init(shape: shape, storage: Storage(count: shape.count, type: type))
        if let address = bytes.baseAddress { storage.address.copyMemory(from: address, byteCount: bytes.count) }
    }

    /// How the elements lie in memory.
    public var scalarType: ScalarType { storage.type }

    /// The number of elements.
    public var count: Int { shape.count }

    /// The elements in row-major order, widened to float32.
    public var scalars: [Float] { withScalars { Array($0) } }

    /// The only element.
    public var scalar: Float {
        precondition(count == 1, "a tensor of shape \(shape) is not a scalar")
        return withScalars { $0[0] }
    }

    /// Gives the elements in row-major order, widened to float32, for the time of the call.
    public func withScalars<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        let dense = widened
        return try withExtendedLifetime(dense) {
            try body(UnsafeBufferPointer(start: dense.pointer, count: dense.count))
        }
    }

    /// Gives the bytes of the elements as they are stored, for the time of the call.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let start = storage.address + offset * scalarType.byteCount
        return try withExtendedLifetime(storage) {
            try body(UnsafeRawBufferPointer(start: start, count: count * scalarType.byteCount))
        }
    }

    /// Gives the float32 elements to be changed in place; they are copied first if another tensor shares them.
    public mutating func withMutableScalars<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        if storage.isMapped || scalarType != .float32 || !isKnownUniquelyReferenced(&storage) { self = copied() }
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: pointer, count: count))
        }
    }

    /// Adds a tensor of the same count to this one, off the tape: in place, or to a new one if another tensor shares it.
    mutating func accumulate(_ other: Tensor) {
        if !storage.isMapped && scalarType == .float32 && isKnownUniquelyReferenced(&storage) {
            tk_accumulate(1, other.pointer, pointer, Int64(count))
            return
        }
        let source = widened
        let sum = Tensor(uninitialized: shape)
        tk_binary_apply(TK_ADD, source.pointer, other.pointer, sum.pointer, Int64(count))
        self = sum
    }

    /// The first float32 element. The storage must outlive the use: bind the tensor to a name first.
    var pointer: UnsafeMutablePointer<Float> {
        precondition(scalarType == .float32, "float32 elements asked of a tensor in \(scalarType.rawValue)")
        return storage.address.assumingMemoryBound(to: Float.self) + offset
    }

    /// The first 16-bit element of a tensor in a half storage type.
    var halfPointer: UnsafePointer<UInt16> {
        UnsafePointer(storage.address.assumingMemoryBound(to: UInt16.self) + offset)
    }

    /// The same elements in storage of their own, off the tape.
    func copied() -> Tensor {
        let source = widened
        let result = Tensor(uninitialized: shape)
        tk_copy(source.pointer, result.pointer, Int64(count))
        return result
    }
}

extension Tensor {
    /// The tensor in float32 storage: itself, or a widened copy.
    var widened: Tensor {
        switch scalarType {
        case .float32: return self
        case .bfloat16:
            let result = Tensor(uninitialized: shape)
            tk_widen_bfloat16(halfPointer, result.pointer, Int64(count))
            return result
        case .float16:
            let result = Tensor(uninitialized: shape)
            tk_widen_float16(halfPointer, result.pointer, Int64(count))
            return result
        }
    }

    /// The tensor in another storage type, rounded to nearest, ties to even; off the tape.
    public func stored(as type: ScalarType) -> Tensor {
        if type == scalarType { return detached() }
        if type == .float32 { return widened.detached() }
        let result = Tensor(shape: shape, storage: Storage(count: count, type: type))
        let target = result.storage.address.assumingMemoryBound(to: UInt16.self)
        forEachWidenedRun(of: 1) { source, places in
            let (target, count) = (target + places.lowerBound, Int64(places.count))
            if type == .bfloat16 {
                tk_narrow_bfloat16(source, target, count)
            } else {
                tk_narrow_float16(source, target, count)
            }
        }
        return result
    }

    /// Gives the elements in float32 piece by piece, with the places of each piece, so that a large tensor is never whole
    /// in float32. Pieces that are copies may be changed.
    ///
    /// - Parameters:
    ///   - width: pieces hold whole rows of so many elements
    ///   - isCopying: whether float32 elements are copied as well
    ///   - body: called with the elements of each piece in order
    func forEachWidenedRun(
        of width: Int, copying isCopying: Bool = false, _ body: (UnsafeMutablePointer<Float>, Range<Int>) -> Void
    ) {
        let length = Swift.max(Self.runLength / Swift.max(width, 1), 1) * Swift.max(width, 1)
        let isDense = scalarType == .float32
        let buffer = isDense && !isCopying ? self : Tensor(uninitialized: [Swift.min(length, count)])
        withExtendedLifetime((storage, buffer)) {
            for start in stride(from: 0, to: count, by: length) {
                let places = start..<Swift.min(start + length, count)
                let size = Int64(places.count)
                switch scalarType {
                case .float32 where !isCopying: break
                case .float32: tk_copy(pointer + start, buffer.pointer, size)
                case .bfloat16: tk_widen_bfloat16(halfPointer + start, buffer.pointer, size)
                case .float16: tk_widen_float16(halfPointer + start, buffer.pointer, size)
                }
                body(buffer.pointer + (isDense && !isCopying ? start : 0), places)
            }
        }
    }

    /// Elements of a piece: some megabytes, enough for all threads.
    private static let runLength = 1 << 19

    /// Lets go of the memory of a mapped file under the elements; it is read again when they are.
    public func releaseMemory() { storage.release(offset..<offset + count) }
}

extension Tensor: CustomStringConvertible {
    /// The shape and the first elements.
    public var description: String {
        let first = scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
        return "Tensor\(shape)(\(first)\(count > 8 ? ", ..." : ""))"
    }
}
