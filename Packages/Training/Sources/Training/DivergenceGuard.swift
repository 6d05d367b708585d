/// Finds out that a run has gone astray although its numbers are finite: the mean loss of the last steps is many times
/// the lowest that such a mean has been.
struct DivergenceGuard {
    /// What it has seen; a continued run goes on with it.
    struct History: Hashable, Sendable {
        /// The losses of the last steps, at most `window` of them.
        var recent: [Double] = []
        /// The lowest mean of `window` steps in a row.
        var lowestMean: Double?
    }

    /// How many steps a mean is taken over.
    static let window = 50

    /// How many times the lowest mean is too much; nil: nothing is.
    let factor: Double?
    var history = History()

    /// Takes note of a step's loss.
    ///
    /// - Throws: `TrainingError.diverged` if it is the one too many.
    mutating func note(_ loss: Double, step: Int) throws {
        guard let factor else { return }
        history.recent.append(loss)
        if history.recent.count > Self.window { history.recent.removeFirst() }
        guard history.recent.count == Self.window else { return }
        let mean = history.recent.reduce(0, +) / Double(Self.window)
        let lowest = min(history.lowestMean ?? mean, mean)
        history.lowestMean = lowest
        if lowest > 0 && mean > factor * lowest {
            throw TrainingError.diverged(step: step, mean: mean, lowest: lowest)
        }
    }
}
