import Datasets
import Foundation
import JSON
import Reports

/// A part of an evaluation that a model works through batch by batch. How samples are batched depends on the whole list
/// alone, so that any process, at any time, can do any of the batches.
protocol EvaluationPhase {
    /// What it is called, in file names too.
    var name: String { get }
    /// What is counted while it goes on, in the plural.
    var unit: String { get }
    /// The samples of each batch.
    var batches: [[Int]] { get }

    /// The records of a batch, one for each sample in the batch's order.
    func records(of batch: [Int]) throws -> [JSONTree]
}

extension EvaluationPhase {
    /// Does the batches that are not done yet, as far as they are this process's, and returns the records of all samples.
    ///
    /// - Parameter shard: whose share is done; nil to do nothing
    /// - Returns: nil if other processes still have batches to do
    /// - Throws: what the batches throw; `FileError` if nothing was to be done and batches are missing.
    func carryOut(in journal: BatchJournal, shard: Shard?) throws -> [JSONValue]? {
        if let shard { try carryOut(in: journal, shard) }
        let missing = batches.indices.filter { journal.records[$0] == nil }
        if missing.isEmpty { return try collected(journal) }
        if shard != nil { return nil }
        let names = missing.prefix(5).map(String.init).joined(separator: ", ") + (missing.count > 5 ? ", ..." : "")
        throw FileError(
            file: journal.folder.path,
            problem: "lacks \(missing.count) of the \(batches.count) batches of \(name): \(names); run the other parts "
                + "with --shard, or copy their files here")
    }

    private func carryOut(in journal: BatchJournal, _ shard: Shard) throws {
        let own = batches.indices.filter { $0 % shard.count == shard.index }
        let waiting = own.filter { journal.records[$0] == nil }
        let total = own.reduce(0) { $0 + batches[$1].count }
        var done = total - waiting.reduce(0) { $0 + batches[$1].count }
        let progress = ProgressLine(name, counting: unit, total: total, start: done)
        defer { progress.end() }
        for number in waiting {
            try journal.append(number, records(of: batches[number]))
            done += batches[number].count
            progress.show(done)
        }
        // What others have done meanwhile.
        if shard.count > 1 { try journal.reread() }
    }

    /// The records of all samples, of which all batches are done.
    private func collected(_ journal: BatchJournal) throws -> [JSONValue] {
        var records = [JSONValue?](repeating: nil, count: batches.reduce(0) { $0 + $1.count })
        for (number, batch) in batches.enumerated() {
            guard let list = journal.records[number] else { continue }
            let own = try list.array
            guard own.count == batch.count else {
                throw list.error("batch \(number) has \(own.count) records, wanted \(batch.count)")
            }
            for (sample, record) in zip(batch, own) { records[sample] = record }
        }
        return records.compactMap { $0 }
    }
}

/// Consecutive batches of equal size, of which the last may be smaller.
func consecutiveBatches(of count: Int, size: Int) -> [[Int]] {
    stride(from: 0, to: count, by: size).map { Array($0..<min($0 + size, count)) }
}
