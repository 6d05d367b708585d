import Layers
import Tensors

/// How a stage is trained.
public struct TrainingOptions: Sendable {
    /// Batches to train on, over all epochs; the last epoch need not be whole.
    public var batchCount: Int
    /// The learning rate.
    public var schedule: Schedule
    /// The decay of weights, as a factor of the learning rate.
    public var weightDecay: Float
    /// The coefficients of AdamW's moments.
    public var coefficients: AdamWCoefficients
    /// Batches whose gradients make one step.
    public var accumulatedBatches: Int
    /// Whether the gradients of a step are averaged over its batches, which makes it like a step on a larger batch.
    ///
    /// Quirk: the reference adds them up, so that its learning rate means something else under accumulation, and it steps
    /// after every `accumulatedBatches`-th batch of an epoch: what is left at the end of one goes into the next one's first
    /// step, and what is left at the end of training is lost.
    public var dividesAccumulated: Bool
    /// The greatest norm that the gradients of a step may have together; longer ones are shortened. Nil: any.
    public var clippingNorm: Double?
    /// How many times the lowest mean loss of 50 steps in a row ends the run, as one that diverges. Nil: none does.
    public var divergenceFactor: Double?
    /// Whether means over labels are means over those of a whole step, of all its batches and processes. Quirk: in the
    /// reference each batch of each process takes its own mean.
    public var normalizesOverAll = true
    /// What products of a step take of their operands. Weights, moments, norms and losses are in float32 either way, and so
    /// are judgements.
    public var productPrecision = ProductPrecision.float32
    /// What all random draws descend from.
    public var seed: UInt64
    /// Frozen models that drop out too. Quirk: both do in the reference.
    public var frozenDropout: Set<Context.FrozenPart>
    /// Steps from one checkpoint to the next; there is one at the end in any case.
    public var checkpointInterval: Int
    /// How many checkpoints are kept, the latest ones.
    public var keptCheckpoints: Int
    /// Further settings of the run as text, for its log. A run is continued only with the same.
    public var settings: [(name: String, value: String)]

    /// Options with the reference's defaults where it has any.
    public init(
        batchCount: Int, schedule: @escaping Schedule, weightDecay: Float, seed: UInt64,
        coefficients: AdamWCoefficients = AdamWCoefficients(), accumulatedBatches: Int = 1,
        dividesAccumulated: Bool = true,
        clippingNorm: Double? = nil, divergenceFactor: Double? = nil,
        frozenDropout: Set<Context.FrozenPart> = Set(Context.FrozenPart.allCases),
        checkpointInterval: Int = 1000,
        keptCheckpoints: Int = 2, settings: [(name: String, value: String)] = []
    ) {
        precondition(
            batchCount >= 0 && accumulatedBatches > 0 && checkpointInterval > 0 && keptCheckpoints > 0,
            "the counts of a run are positive")
        self.batchCount = batchCount
        self.schedule = schedule
        self.weightDecay = weightDecay
        self.seed = seed
        self.coefficients = coefficients
        self.accumulatedBatches = accumulatedBatches
        self.dividesAccumulated = dividesAccumulated
        self.clippingNorm = clippingNorm
        self.divergenceFactor = divergenceFactor
        self.frozenDropout = frozenDropout
        self.checkpointInterval = checkpointInterval
        self.keptCheckpoints = keptCheckpoints
        self.settings = settings
    }

    /// The steps of a run over epochs of so many batches.
    public func stepCount(batchesPerEpoch: Int) -> Int {
        if dividesAccumulated { return (batchCount + accumulatedBatches - 1) / accumulatedBatches }
        let (epochs, rest) = batchCount.quotientAndRemainder(dividingBy: max(batchesPerEpoch, 1))
        return epochs * (batchesPerEpoch / accumulatedBatches) + rest / accumulatedBatches
    }

    /// Whether a step follows a batch.
    ///
    /// - Parameters:
    ///   - pending: batches gathered since the last step, this one included
    ///   - place: the batch's number in its epoch, from 0
    ///   - isLast: whether training ends with it
    func completesStep(pending: Int, place: Int, isLast: Bool) -> Bool {
        dividesAccumulated ? pending == accumulatedBatches || isLast : (place + 1) % accumulatedBatches == 0
    }
}
