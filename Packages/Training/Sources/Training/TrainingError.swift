import Foundation

/// Why training cannot start or go on.
public enum TrainingError: Error, CustomStringConvertible, LocalizedError, Equatable {
    /// A loss or a gradient is infinite or not a number.
    case notFinite(what: String, step: Int)
    /// The folder holds the checkpoint of another run.
    case otherRun(folder: String, difference: String)
    /// There is nothing to continue.
    case nothingToResume(folder: String)
    /// The folder already holds a run.
    case alreadyHoldsRun(folder: String)
    /// A stop was asked for; the checkpoint is written.
    case stopped(step: Int)

    /// One sentence that says what would be right.
    public var description: String {
        switch self {
        case .notFinite(let what, let step):
            "step \(step): \(what) is not finite; the last checkpoint is from before. A lower learning rate "
                + "(run.init_lr) or clipping (run.clip_norm) may help"
        case .otherRun(let folder, let difference):
            "\(folder): holds the checkpoint of another run: \(difference)"
        case .nothingToResume(let folder):
            "\(folder): holds no checkpoint to resume from; leave --resume out to start anew"
        case .alreadyHoldsRun(let folder):
            "\(folder): already holds a run; continue it with --resume, or name another --output-dir"
        case .stopped(let step): "stopped at step \(step); continue with --resume"
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
