import Foundation
import JSON

/// What a run writes down as it goes: `log.jsonl`, and the same for TensorBoard.
struct RunRecord {
    private let log: TrainingLog
    private let board: TensorBoardFile

    /// Opens both in a run's folder. What they hold of steps after `step`, which a continued run takes again, no longer
    /// counts.
    ///
    /// - Throws: `FileError` if they cannot be written.
    init(in folder: URL, heading: JSONTree, afterStep step: Int) throws {
        log = try TrainingLog(in: folder, keepingUpTo: step)
        board = try TensorBoardFile(in: folder, afterStep: step)
        try log.append(heading)
    }

    /// Adds a step, and before it a line for each sample that had to be passed over. `batch` is the number of the step's
    /// last batch, from 0.
    func append(
        _ report: StepReport, _ activity: SourceActivity, step: Int, epoch: Int, batch: Int, rate: Double
    ) throws {
        for problem in activity.problems { try log.append(["unreadable": .string(problem)]) }
        let numbers = report.numbers(rate: rate) + activity.measures.map { ($0.name, $0.value) }
        try log.append(
            .object(
                [("step", .integer(step)), ("epoch", .integer(epoch)), ("batch", .integer(batch))]
                    + numbers.map { ($0.name, .number($0.value)) } + [("time", .number(Self.now))]))
        try board.append(numbers.map { ($0.name, .number($0.value)) }, step: step)
    }

    /// Adds a judgement of the model after a step; the names of its numbers get `validation_` in front.
    func append(_ judgement: Judgement, step: Int) throws {
        let numbers = judgement.numbers.map { (name: "validation_\($0.name)", value: $0.value) }
        let samples = judgement.samples.map {
            JSONTree.object([("name", .string($0.name)), ("text", .string($0.text))])
        }
        try log.append(
            .object(
                [("validated_step", .integer(step))] + numbers.map { ($0.name, .number($0.value)) }
                    + (samples.isEmpty ? [] : [("samples", .array(samples))]) + [("time", .number(Self.now))]))
        let texts = judgement.samples.map {
            (tag: "samples/\($0.name)/text", value: TensorBoardEvent.Value.text($0.text))
        }
        let pictures = judgement.samples.compactMap { sample in
            sample.picture.map { (tag: "samples/\(sample.name)", value: TensorBoardEvent.Value.picture($0)) }
        }
        try board.append(numbers.map { ($0.name, .number($0.value)) } + texts + pictures, step: step)
    }

    private static var now: Double { Date().timeIntervalSince1970 }
}
