/// A weight of a model: the leaf that gradients are taken by, and the identity by which loading, freezing and the
/// optimizer's state find it.
public final class Parameter: @unchecked Sendable {
    /// The extents of the weight.
    public let shape: Shape
    /// Whether the weight gets no gradient. Gradients still flow through operations that use it.
    public var isFrozen = false
    let leaf = Node()
    private var content: Content

    private enum Content {
        case dense(Tensor)
        case stored(any WeightStorage)
    }

    /// A weight with this value; a matrix in a half storage type stays in it and is frozen.
    public init(_ value: Tensor) {
        self.shape = value.shape
        self.content = .dense(value.detached())
        self.value = value
    }

    /// A matrix in a storage type of its own, which is frozen.
    public init(storage: any WeightStorage) {
        shape = storage.shape
        content = .stored(storage)
        isFrozen = true
    }

    /// The weight in float32: a leaf of the tape unless it is frozen. Assigning keeps the shape; a matrix assigned
    /// in a half storage type stays in it and is frozen.
    public var value: Tensor {
        get {
            switch content {
            case .dense(let tensor):
                let dense = tensor.widened
                return isFrozen ? dense : dense.recordingLeaf(leaf)
            case .stored(let storage): return storage.dense()
            }
        }
        set {
            precondition(newValue.shape == shape, "a weight of shape \(shape) cannot take shape \(newValue.shape)")
            if newValue.scalarType != .float32 && shape.rank == 2 {
                storage = HalfWeights(newValue.detached())
            } else {
                content = .dense(newValue.detached())
            }
        }
    }

    /// The weight in a storage type other than float32, or nil. Setting one lets go of the dense value and freezes
    /// the weight; `linear` and `embed` ask it to multiply and to give rows.
    public var storage: (any WeightStorage)? {
        get { if case .stored(let storage) = content { storage } else { nil } }
        set {
            guard let newValue else {
                content = .dense(value.detached())
                return
            }
            precondition(
                newValue.shape == shape, "a weight of shape \(shape) cannot be stored with shape \(newValue.shape)")
            content = .stored(newValue)
            isFrozen = true
        }
    }

    /// The weight in the type it lies in; one in a storage type of its own is widened.
    var tensor: Tensor {
        switch content {
        case .dense(let tensor): tensor
        case .stored(let storage): (storage as? HalfWeights)?.tensor ?? storage.dense()
        }
    }

    /// Becomes what another weight of this shape is, in its storage type; a weight in a type of its own is frozen.
    public func take(_ other: Parameter) {
        precondition(other.shape == shape, "a weight of shape \(shape) cannot take shape \(other.shape)")
        content = other.content
        if case .stored = content { isFrozen = true }
    }

    /// Bytes the weight takes in its storage type.
    public var byteCount: Int {
        switch content {
        case .dense(let tensor): tensor.count * tensor.scalarType.byteCount
        case .stored(let storage): storage.byteCount
        }
    }

    /// Changes the float32 elements in place, as an optimizer does.
    public func update(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        guard case .dense(var tensor) = content else {
            preconditionFailure("a weight of shape \(shape) in a storage type of its own cannot be updated")
        }
        content = .dense(Tensor(shape: [0], storage: Storage(count: 0)))
        tensor.withMutableScalars(body)
        content = .dense(tensor)
    }

    /// The node gradients are collected at; nil if the weight is frozen or nothing is being recorded.
    var gradientNode: Node? { isFrozen || !Node.isRecording ? nil : leaf }
}

extension Tensor {
    fileprivate func recordingLeaf(_ leaf: Node) -> Tensor {
        Node.isRecording ? Tensor(shape: shape, storage: storage, offset: offset, node: leaf) : self
    }
}
