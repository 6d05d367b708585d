import Configuration
import Layers
import Tensors
import Training

/// The learning-rate schedules by the names that configurations use.
enum ScheduleName: String, CaseIterable, ConfigurationValue {
    /// The reference's: warm-up in the first epoch, a cosine that changes from epoch to epoch.
    case warmupCosineByEpoch = "linear_warmup_cosine_lr"
    /// The reference's: the same warm-up, then a factor from epoch to epoch.
    case warmupDecayByEpoch = "linear_warmup_step_lr"
    /// Warm-up, then a cosine, both from batch to batch.
    case warmupCosine = "warmup_cosine"
}

/// What means over labels are taken over where several processes train together.
enum LossNormalization: String, CaseIterable, ConfigurationValue {
    /// The labels of all processes, as one process with the larger batch would.
    case global
    /// Each process's own, as in the reference.
    case perRank = "per-rank"
}

/// What products of a step take of their operands.
enum StepPrecision: String, CaseIterable, ConfigurationValue {
    case float32
    /// Mixed precision: operands rounded to bfloat16, sums and all else in float32.
    case bfloat16

    var products: ProductPrecision {
        switch self {
        case .float32: .float32
        case .bfloat16: .bfloat16
        }
    }
}

/// The section `run`: how a stage is trained. Keys are the reference's where it has them.
struct RunConfiguration: Configurable {
    var schedule: ScheduleName
    var peakRate: Double
    var minimumRate: Double
    var warmupRate: Double
    var warmupSteps: Int
    var rateDecay: Double
    var weightDecay: Float
    var beta2: Float
    var epochs: Double
    var batchSize: Int
    var accumulatedBatches: Int
    var dividesAccumulated: Bool
    var clippingNorm: Double?
    var seed: Int
    var divergenceFactor: Double
    var checkpointInterval: Int
    var keptCheckpoints: Int
    var validation: ValidationConfiguration
    var frozenDropout: Set<Context.FrozenPart>
    var precision: StepPrecision
    var frozenPrecision: FrozenPrecision
    var normalization: LossNormalization
    var loaderThreadCount: Int

    init(from section: ConfigurationSection) throws {
        schedule = try section.value("lr_sched", default: .warmupCosineByEpoch)
        peakRate = try section.required("init_lr")
        minimumRate = try section.value("min_lr", default: 0)
        warmupRate = try section.value("warmup_lr", default: -1)
        warmupSteps = try section.value("warmup_steps", default: 0)
        rateDecay = try section.value("lr_decay_rate", default: 1)
        weightDecay = try section.value("weight_decay", default: 0.05)
        beta2 = try section.value("beta2", default: 0.999)
        epochs = try section.required("max_epoch")
        batchSize = try section.required("batch_size_train")
        accumulatedBatches = try section.value("accum_grad_iters", default: 1)
        dividesAccumulated = try section.value("divide_accumulated", default: true)
        clippingNorm = try section.optional("clip_norm")
        seed = try section.value("seed", default: 42)
        checkpointInterval = try section.value("checkpoint_steps", default: 1000)
        keptCheckpoints = try section.value("keep_checkpoints", default: 2)
        divergenceFactor = try section.value("divergence_factor", default: 3)
        validation = try section.part("validation")
        let drops: [(part: Context.FrozenPart, isOn: Bool)] = [
            (.teacher, try section.value("teacher_dropout", default: false)),
            (.languageModel, try section.value("language_model_dropout", default: false)),
        ]
        frozenDropout = Set(drops.filter(\.isOn).map(\.part))
        precision = try section.value("precision", default: .float32)
        frozenPrecision = try section.value("frozen_precision", default: .stored)
        normalization = try section.value("loss_normalization", default: .global)
        loaderThreadCount = try section.value("num_workers", default: 1)
        try check(section)
    }

    private func check(_ section: ConfigurationSection) throws {
        if peakRate <= 0 { throw section.error("init_lr", "is \(peakRate), wanted a number above 0") }
        if !(epochs > 0 && epochs <= 1_000_000) {
            throw section.error("max_epoch", "is \(epochs), wanted a number above 0, at most 1000000")
        }
        for (key, value) in [
            ("batch_size_train", batchSize), ("accum_grad_iters", accumulatedBatches),
            ("checkpoint_steps", checkpointInterval), ("keep_checkpoints", keptCheckpoints),
        ] where !(1...1_000_000_000).contains(value) {
            throw section.error(key, "is \(value), wanted 1 to 1000000000")
        }
        if divergenceFactor != 0 && divergenceFactor <= 1 {
            throw section.error(
                "divergence_factor", "is \(divergenceFactor), wanted a number above 1, or 0 for no limit")
        }
        if warmupSteps < 0 { throw section.error("warmup_steps", "is \(warmupSteps), wanted at least 0") }
        if !(0..<1).contains(beta2) { throw section.error("beta2", "is \(beta2), wanted a number in 0..<1") }
        if !(0...256).contains(loaderThreadCount) {
            throw section.error("num_workers", "is \(loaderThreadCount), wanted 0 to 256")
        }
        if seed < 0 { throw section.error("seed", "is \(seed), wanted at least 0") }
    }

    /// The options of the trainer for data with this many batches to an epoch.
    func options(batchesPerEpoch: Int) -> TrainingOptions {
        var options = TrainingOptions(
            batchCount: max(1, Int((epochs * Double(batchesPerEpoch)).rounded())),
            schedule: rates(batchesPerEpoch: batchesPerEpoch), weightDecay: weightDecay, seed: UInt64(seed),
            coefficients: AdamWCoefficients(beta2: beta2), accumulatedBatches: accumulatedBatches,
            dividesAccumulated: dividesAccumulated, clippingNorm: clippingNorm,
            divergenceFactor: divergenceFactor == 0 ? nil : divergenceFactor,
            frozenDropout: frozenDropout, checkpointInterval: checkpointInterval,
            keptCheckpoints: keptCheckpoints)
        options.normalizesOverAll = normalization == .global
        options.productPrecision = precision.products
        return options
    }

    private func rates(batchesPerEpoch: Int) -> Schedule {
        let warmupStart = warmupRate < 0 ? peakRate : warmupRate
        switch schedule {
        case .warmupCosineByEpoch:
            return Schedules.warmupCosineByEpoch(
                peak: peakRate, minimum: minimumRate, warmupStart: warmupStart, warmupSteps: warmupSteps,
                epochs: Int(epochs.rounded(.up)))
        case .warmupDecayByEpoch:
            return Schedules.warmupDecayByEpoch(
                peak: peakRate, minimum: minimumRate, warmupStart: warmupStart, warmupSteps: warmupSteps,
                decay: rateDecay)
        case .warmupCosine:
            return Schedules.warmupCosine(
                peak: peakRate, minimum: minimumRate, warmupStart: warmupStart, warmupSteps: warmupSteps,
                batchCount: Int((epochs * Double(batchesPerEpoch)).rounded()), batchesPerEpoch: batchesPerEpoch)
        }
    }
}
