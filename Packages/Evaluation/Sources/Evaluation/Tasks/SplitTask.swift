import Datasets
import Foundation
import JSON
import Reports

/// A split of a data set that a model is evaluated on.
protocol SplitTask {
    /// The files of data that results depend on.
    var files: [URL] { get }

    /// Does this process's share of what is left to do, and scores it once all is done.
    ///
    /// - Parameters:
    ///   - shard: whose share is done; nil to do nothing
    ///   - journal: opens the records of a phase by its name
    /// - Returns: nil while other processes have batches to do
    func result(_ model: ModelSource, shard: Shard?, journal: (_ name: String) throws -> BatchJournal) throws
        -> SplitResult?
}

/// What comes of a split.
struct SplitResult {
    /// In the form of the benchmark's own server.
    let predictions: JSONTree
    /// One for each sample, with its scores.
    let samples: [JSONTree]
    /// The scores as a whole; nil if the right answers are kept back.
    let scores: JSONTree?
    /// The same for a reader.
    let table: String
    /// The same with pictures.
    let page: HTMLPage
}
