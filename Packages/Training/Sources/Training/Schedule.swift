import Foundation

/// The learning rate at a batch of an epoch, both counted from 0.
public typealias Schedule = @Sendable (_ epoch: Int, _ batch: Int) -> Double

/// The learning-rate schedules that recipes name.
public enum Schedules {
    /// The reference's `linear_warmup_cosine_lr`.
    ///
    /// Quirk: the warm-up exists only inside the first epoch, even where it is longer than it, and the cosine changes
    /// only from epoch to epoch (`lavis/common/optims.py` of LAVIS at 1a0c1e3).
    ///
    /// - Parameters:
    ///   - peak: the rate after the warm-up (`init_lr`)
    ///   - minimum: the rate that the cosine ends at (`min_lr`)
    ///   - warmupStart: the rate of the first batch (`warmup_lr`); nil or negative: no warm-up
    ///   - warmupSteps: batches of the warm-up
    ///   - epochs: epochs of the run (`max_epoch`)
    public static func warmupCosineByEpoch(
        peak: Double, minimum: Double, warmupStart: Double?, warmupSteps: Int, epochs: Int
    ) -> Schedule {
        { epoch, batch in
            if epoch == 0 { return warmup(batch, warmupStart, peak, warmupSteps) }
            return cosine(Double(epoch) / Double(epochs), peak, minimum)
        }
    }

    /// The reference's `linear_warmup_step_lr`: the same warm-up in the first epoch, then a fixed factor from epoch to
    /// epoch (`lr_decay_rate`), not below the minimum.
    public static func warmupDecayByEpoch(
        peak: Double, minimum: Double, warmupStart: Double?, warmupSteps: Int, decay: Double
    ) -> Schedule {
        { epoch, batch in
            if epoch == 0 { return warmup(batch, warmupStart, peak, warmupSteps) }
            return max(minimum, peak * pow(decay, Double(epoch)))
        }
    }

    /// A warm-up over the first batches of the whole run, then a cosine from batch to batch that ends at the minimum.
    public static func warmupCosine(
        peak: Double, minimum: Double, warmupStart: Double?, warmupSteps: Int, batchCount: Int, batchesPerEpoch: Int
    ) -> Schedule {
        { epoch, batch in
            let step = epoch * batchesPerEpoch + batch
            if step < warmupSteps { return warmup(step, warmupStart, peak, warmupSteps) }
            return cosine(Double(step - warmupSteps) / Double(max(batchCount - warmupSteps, 1)), peak, minimum)
        }
    }

    private static func warmup(_ step: Int, _ start: Double?, _ peak: Double, _ steps: Int) -> Double {
        guard let start, start >= 0 else { return peak }
        return min(peak, start + (peak - start) * Double(step) / Double(max(steps, 1)))
    }

    private static func cosine(_ progress: Double, _ peak: Double, _ minimum: Double) -> Double {
        minimum + (peak - minimum) * 0.5 * (1 + cos(.pi * progress))
    }
}
