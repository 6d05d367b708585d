import Tensors

/// A checkpoint whose tensors of I8 are `Int8Weights`, each under one name with all that belongs to it: `X` holds the levels,
/// `X_scale` (F32) the scale of each row; if columns are kept apart, `X_outliers` (BF16) holds them and `X_outlier_columns`
/// (I32) says which they are.
///
/// Levels stay in the file; what is beside them is checked when a matrix is read.
public struct Int8Checkpoint: StoredCheckpoint {
    /// The names of tensors and matrices, in the order of the checkpoint.
    public let names: [String]
    private let base: any StoredCheckpoint
    private let matrices: Set<String>

    /// A checkpoint with or without int8 matrices.
    public init(_ base: any StoredCheckpoint) {
        let matrices = base.names.filter { base.type(of: $0) == .int8 }
        let beside = Set(matrices.flatMap { Int8Keys($0).beside })
        self.base = base
        self.matrices = Set(matrices)
        names = base.names.filter { !beside.contains($0) }
    }

    /// The checkpoint's own origin.
    public var origin: String { base.origin }

    /// The extents of a tensor; nil if there is none of this name.
    public func shape(of name: String) -> Shape? { base.shape(of: name) }

    /// The stored element type of a tensor, of a matrix that of its levels; nil if there is none of this name.
    public func type(of name: String) -> StoredType? { base.type(of: name) }

    /// Bytes that a tensor takes, a matrix with its scales and the columns kept apart.
    public func byteCount(of name: String) -> Int {
        let beside = matrices.contains(name) ? Int8Keys(name).beside : []
        return ([name] + beside).reduce(0) { $0 + base.byteCount(of: $1) }
    }

    /// A tensor, or a matrix widened to float32.
    ///
    /// - Throws: `CheckpointError` as the checkpoint's own, or for what is wrong with the matrix.
    public func tensor(named name: String) throws -> Tensor {
        try storage(named: name)?.dense() ?? base.tensor(named: name)
    }

    /// A tensor of whole numbers.
    ///
    /// - Throws: `CheckpointError`, as the checkpoint's own.
    public func indexTensor(named name: String) throws -> IndexTensor { try base.indexTensor(named: name) }

    /// The levels of a matrix.
    ///
    /// - Throws: `CheckpointError`, as the checkpoint's own.
    public func levels(named name: String) throws -> Int8Weights.Levels { try base.levels(named: name) }

    /// A matrix, whose levels stay in the file; nil for a tensor.
    ///
    /// - Throws: `CheckpointError` that names what is missing, of another shape or type, or out of range.
    public func storage(named name: String) throws -> (any WeightStorage)? {
        guard matrices.contains(name), let shape = base.shape(of: name) else { return nil }
        guard shape.rank == 2, shape[1] <= Int(Int32.max) else {
            throw wrong(name, "has shape \(shape), and int8 weights are matrices")
        }
        let keys = Int8Keys(name)
        let scales = try part(keys.scale, of: name, .float32, [shape[0]]) { try base.tensor(named: $0) }
        try scales.withScalars { scalars in
            guard let place = scalars.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) else { return }
            throw wrong(keys.scale, "holds \(scalars[place]) for row \(place), wanted a finite number of at least 0")
        }
        let levels = try base.levels(named: name)
        guard keys.outlierKeys.contains(where: { base.shape(of: $0) != nil }) else {
            return Int8Weights(levels: levels, scales: scales, inputs: shape[1])
        }
        let columns = try columns(keys, of: name, width: shape[1])
        let outliers = try part(keys.outliers, of: name, .bfloat16, [shape[0], columns.count]) {
            try base.tensor(named: $0)
        }
        return Int8Weights(
            levels: levels, scales: scales, inputs: shape[1], outlierColumns: columns, outliers: outliers)
    }

    private func columns(_ keys: Int8Keys, of name: String, width: Int) throws -> [Int32] {
        let count = base.shape(of: keys.outlierColumns).flatMap { $0.rank == 1 ? $0[0] : nil } ?? 0
        guard count > 0 else {
            let found = base.shape(of: keys.outlierColumns).map { "has shape \($0)" } ?? "is missing"
            throw wrong(keys.outlierColumns, "\(found), wanted a column number for each column of \(keys.outliers)")
        }
        let columns = try part(keys.outlierColumns, of: name, .int32, [count]) {
            try base.indexTensor(named: $0).scalars
        }
        for (place, column) in columns.enumerated() {
            guard column >= 0, column < width, place == 0 || columns[place - 1] < column else {
                throw wrong(
                    keys.outlierColumns, "holds \(column) at \(place), wanted ascending numbers below \(width)")
            }
        }
        return columns
    }

    /// What stands beside a matrix, if it has the type and shape that it should.
    private func part<Value>(
        _ key: String, of name: String, _ type: StoredType, _ shape: Shape, _ read: (String) throws -> Value
    ) throws -> Value {
        guard let found = base.shape(of: key), let foundType = base.type(of: key) else {
            throw wrong(key, "is missing, and \(name) is of int8")
        }
        guard found == shape, foundType == type else {
            throw wrong(key, "is \(foundType.rawValue) \(found), wanted \(type.rawValue) \(shape)")
        }
        return try read(key)
    }

    private func wrong(_ key: String, _ problem: String) -> CheckpointError {
        CheckpointError(file: origin, key: key, problem: problem)
    }
}

/// The names of what belongs to an int8 matrix.
public struct Int8Keys: Hashable, Sendable {
    /// The levels: the name of the weight.
    public let levels: String

    /// The names for a weight.
    public init(_ weight: String) { levels = weight }

    /// The scale of each row.
    public var scale: String { "\(levels)_scale" }
    /// The columns kept apart.
    public var outliers: String { "\(levels)_outliers" }
    /// Which columns these are.
    public var outlierColumns: String { "\(levels)_outlier_columns" }

    var outlierKeys: [String] { [outliers, outlierColumns] }
    var beside: [String] { [scale] + outlierKeys }
}
