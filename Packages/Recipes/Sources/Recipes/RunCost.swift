import Tensors

/// What memory and time a run takes, as far as that can be told before it starts.
public struct RunCost: Sendable {
    /// Bytes by what they hold, the estimated ones told by their names.
    public let bytes: [(kind: String, count: Int)]
    /// Multiplications and additions of a batch.
    public let operationsPerBatch: Double
    /// Batches of the run.
    public let batchCount: Int

    init(
        _ parameters: [Parameter], storing precision: FrozenPrecision, _ cost: StepCost, batchSize: Int, batchCount: Int
    ) {
        let frozen = parameters.filter(\.isFrozen), trained = parameters.filter { !$0.isFrozen }
        let trainedBytes = trained.reduce(0) { $0 + $1.shape.count * ScalarType.float32.byteCount }
        let halves = frozen.filter { precision.byteCount(of: $0) < $0.shape.count * ScalarType.float32.byteCount }
        let halfBytes = halves.reduce(0) { $0 + precision.byteCount(of: $1) }
        let frozenBytes = frozen.reduce(0) { $0 + precision.byteCount(of: $1) }
        bytes = [
            ("frozen weights in float32", frozenBytes - halfBytes), ("frozen weights in 16 bits", halfBytes),
            ("trained weights", trainedBytes), ("gradients", trainedBytes), ("moments of AdamW", 2 * trainedBytes),
            ("kept for the way back, estimated", Int(cost.keptBytes * Double(batchSize))),
            ("the program, pictures and buffers, estimated", Self.programBytes),
        ].filter { $0.1 > 0 }
        operationsPerBatch = cost.operations * Double(batchSize)
        self.batchCount = batchCount
    }

    private static let programBytes = 100_000_000

    /// All bytes together.
    public var peakBytes: Int { bytes.reduce(0) { $0 + $1.count } }

    /// Multiplications and additions that this machine does in a second, measured by a product of matrices.
    public static func measuredSpeed() -> Double {
        let (rows, width) = (256, 1024)
        let input = Tensor(repeating: 0.5, shape: [rows, width]),
            weight = Tensor(repeating: 0.25, shape: [width, width])
        var best = Double.infinity
        for _ in 0..<5 {
            let began = ContinuousClock.now
            _ = input.matrixProduct(weight, transposingOther: true)
            best = min(best, (ContinuousClock.now - began) / .seconds(1))
        }
        return 2 * Double(rows * width * width) / max(best, 1e-9)
    }
}
