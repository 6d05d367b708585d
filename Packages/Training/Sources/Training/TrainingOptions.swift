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
    /// Batches whose gradients are added up to one step.
    public var accumulatedBatches: Int
    /// Whether the gradients of a step are divided by the number of batches they come from.
    ///
    /// Quirk: the reference adds them up undivided, so its learning rate means something else under accumulation.
    public var dividesAccumulated: Bool
    /// The greatest norm that the gradients of a step may have together; longer ones are shortened. Nil: any.
    public var clippingNorm: Double?
    /// What all random draws descend from.
    public var seed: UInt64
    /// Steps from one checkpoint to the next; there is one at the end in any case.
    public var checkpointInterval: Int

    /// Options with the reference's defaults where it has any.
    public init(
        batchCount: Int, schedule: @escaping Schedule, weightDecay: Float, seed: UInt64,
        coefficients: AdamWCoefficients = AdamWCoefficients(), accumulatedBatches: Int = 1,
        dividesAccumulated: Bool = true,
        clippingNorm: Double? = nil, checkpointInterval: Int = 1000
    ) {
        self.batchCount = batchCount
        self.schedule = schedule
        self.weightDecay = weightDecay
        self.seed = seed
        self.coefficients = coefficients
        self.accumulatedBatches = accumulatedBatches
        self.dividesAccumulated = dividesAccumulated
        self.clippingNorm = clippingNorm
        self.checkpointInterval = checkpointInterval
    }
}
