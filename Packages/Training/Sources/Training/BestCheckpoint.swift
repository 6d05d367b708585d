import Foundation
import JSON

/// The checkpoint that a run's judgements like best: `checkpoints/best/`, and beside it `best.json`, which says how good
/// it is.
struct BestCheckpoint {
    private let folder: URL
    private let criterion: Validation.Criterion
    private var value: Double?

    /// The best checkpoint in a folder of checkpoints, or the one that there will be.
    ///
    /// - Parameter step: steps that the run has taken; with none, what lies there is of an earlier run
    /// - Throws: `JSONError` if `best.json` is damaged.
    init(in checkpoints: URL, _ criterion: Validation.Criterion, afterStep step: Int) throws {
        folder = checkpoints.appendingPathComponent("best")
        self.criterion = criterion
        guard step > 0, FileManager.default.fileExists(atPath: mark.path) else { return }
        let root = try JSONDocument(contentsOf: mark).root
        if try root["criterion"].string == criterion.name { value = try root["value"].double }
    }

    private var mark: URL { folder.deletingLastPathComponent().appendingPathComponent("best.json") }

    /// Keeps the state of the run if its number is better than all before.
    ///
    /// - Throws: `FileError` if it cannot be written; `TrainingError.noSuchNumber` if the judgement lacks the number.
    mutating func consider(_ judgement: Judgement, _ state: TrainingState, _ optimizer: AdamW) throws {
        guard let new = judgement.numbers.first(where: { $0.name == criterion.name })?.value else {
            throw TrainingError.noSuchNumber(name: criterion.name, known: judgement.numbers.map(\.name))
        }
        if new.isNaN || value.map({ criterion.higherIsBetter ? new <= $0 : new >= $0 }) == true { return }
        try state.write(optimizer, to: folder)
        try JSONWriter(indentation: 2).write(
            ["criterion": .string(criterion.name), "value": .number(new), "step": .integer(state.step)], to: mark)
        value = new
    }

    /// Takes the weights of the best checkpoint into the model, if there is one.
    func restore(into optimizer: AdamW, identity: [(name: String, value: String)]) throws {
        guard value != nil else { return }
        var copy = optimizer
        _ = try TrainingState.read(folder, into: &copy, identity: identity)
    }
}
