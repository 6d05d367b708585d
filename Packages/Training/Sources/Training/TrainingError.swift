import Foundation

/// Why training cannot start or go on.
public enum TrainingError: Error, Hashable, Sendable {
    /// A number of a step is infinite or not a number: which, and where it first appears.
    case notFinite(what: String, step: Int)
    /// The losses have grown far above what they were: their mean over the last steps, and the lowest such mean before.
    case diverged(step: Int, mean: Double, lowest: Double)
    /// A judgement does not give the number that checkpoints are to be compared by.
    case noSuchNumber(name: String, known: [String])
    /// The folder holds the checkpoint of another run.
    case otherRun(folder: String, difference: String)
    /// The folder already holds a run.
    case alreadyHoldsRun(folder: String)
    /// Another process trains in the folder.
    case inUse(folder: String)
    /// A stop was asked for; the checkpoint is written.
    case stopped(folder: String, step: Int)

    /// What a program that ends with this error should give as its exit status: 75 (`EX_TEMPFAIL` of `sysexits.h`) after a
    /// stop that was asked for, so that a scheduler knows to start it again, and 1 for the rest.
    public var exitStatus: Int32 {
        if case .stopped = self { 75 } else { 1 }
    }
}

extension TrainingError: CustomStringConvertible, LocalizedError {
    /// One sentence that says what would be right.
    public var description: String {
        switch self {
        case .notFinite(let what, let step):
            "step \(step): \(what); nothing was changed by this step, and the last checkpoint is from before it. "
                + "A lower learning rate or clipping of the gradients' norm may help"
        case .diverged(let step, let mean, let lowest):
            "step \(step): training diverges: the mean loss of the last \(DivergenceGuard.window) steps is "
                + String(format: "%.4g, and was %.4g before; ", mean, lowest)
                + "the last checkpoint is from before this step. "
                + "A lower learning rate, a longer warm-up or clipping of the gradients' norm may help"
        case .noSuchNumber(let name, let known):
            "the validation gives no \(name) to compare checkpoints by, but \(known.joined(separator: ", "))"
        case .otherRun(let folder, let difference):
            "\(folder): holds the checkpoint of another run: \(difference); "
                + "continue with what it began with, or name another --output-dir"
        case .alreadyHoldsRun(let folder):
            "\(folder): already holds a run; continue it with --resume, or name another --output-dir"
        case .inUse(let folder):
            "\(folder): another process trains here; wait for its end, or name another --output-dir"
        case .stopped(let folder, let step): "\(folder): stopped after step \(step); continue with --resume"
        }
    }

    /// The same sentence.
    public var errorDescription: String? { description }
}
