import Checkpoints
import Foundation
import JSON
import Tensors

/// What a run needs to continue bit for bit, in a folder of its own that appears whole or not at all:
/// `model.safetensors` (the trained parameters under their checkpoint names), `optimizer.safetensors` (the moments) and
/// `state.json`. All random draws are functions of the seed and the step, so no generator has a state to keep.
struct TrainingState {
    /// Optimizer steps taken.
    var step: Int
    /// Batches used: the place in the data.
    var batch: Int
    /// What must be the same in a run that continues this one: seed, data, settings, the files of frozen models.
    var identity: [(name: String, value: String)]
    /// The losses by which a run that diverges is known.
    var losses = DivergenceGuard.History()

    /// Writes the state with the model and the optimizer to a folder.
    ///
    /// - Throws: `FileError`; the folder that stood there before is then untouched.
    func write(_ optimizer: AdamW, to url: URL) throws {
        let replacement = try FolderReplacement(of: url)
        let folder = replacement.folder
        try Safetensors.write(
            optimizer.parameters.map { ($0.name, $0.parameter.value.detached()) }, metadata: ["step": String(step)],
            to: folder.appendingPathComponent("model.safetensors"))
        try Self.write(optimizer, to: folder.appendingPathComponent("optimizer.safetensors"))
        let members = identity.map { (key: $0.name, value: JSONTree.string($0.value)) }
        try JSONWriter(indentation: 2).write(
            [
                "step": .integer(step), "batch": .integer(batch), "run": .object(members),
                "losses": losses.tree,
            ],
            to: folder.appendingPathComponent("state.json"))
        try replacement.commit()
    }

    private static func write(_ optimizer: AdamW, to url: URL) throws {
        var moments: [(name: String, tensor: Tensor)] = []
        var steps: [(name: String, indices: IndexTensor)] = []
        for (weight, state) in zip(optimizer.parameters, optimizer.states) {
            guard let state else { continue }
            moments.append(("first/\(weight.name)", state.moments.first))
            moments.append(("second/\(weight.name)", state.moments.second))
            steps.append(("step/\(weight.name)", IndexTensor([Int32(clamping: state.stepCount)], shape: [])))
        }
        try Safetensors.write(moments, indices: steps, to: url)
    }

    /// Reads the state of a folder into the model and the optimizer.
    ///
    /// - Throws: `TrainingError.otherRun` if it belongs to another run; `CheckpointError` or `JSONError` if it is damaged.
    ///   Neither model nor optimizer are changed then.
    static func read(
        _ folder: URL, into optimizer: inout AdamW, identity: [(name: String, value: String)]
    ) throws -> TrainingState {
        let root = try JSONDocument(contentsOf: folder.appendingPathComponent("state.json")).root
        let found = try root["run"].object.map { (name: $0.key, value: try $0.value.string) }
        if let difference = difference(found, identity) {
            throw TrainingError.otherRun(folder: folder.path, difference: difference)
        }
        let state = TrainingState(
            step: try count(root["step"]), batch: try count(root["batch"]), identity: found,
            losses: try root.optional("losses").map { try DivergenceGuard.History($0) } ?? .init())
        let model = try SafetensorsFile(contentsOf: folder.appendingPathComponent("model.safetensors"))
        let moments = try SafetensorsFile(contentsOf: folder.appendingPathComponent("optimizer.safetensors"))
        let values = try optimizer.parameters.map { try tensor($0.name, of: $0.parameter.shape, in: model) }
        guard model.names.count == values.count else {
            let known = Set(optimizer.parameters.map(\.name))
            let other = model.names.first { !known.contains($0) } ?? ""
            throw TrainingError.otherRun(folder: folder.path, difference: "it trains \(other), this one does not")
        }
        optimizer.states = try optimizer.parameters.map { weight in
            guard moments.shape(of: "step/\(weight.name)") != nil else { return nil }
            let shape = weight.parameter.shape
            return AdamW.State(
                moments: AdamWMoments(
                    first: try tensor("first/\(weight.name)", of: shape, in: moments),
                    second: try tensor("second/\(weight.name)", of: shape, in: moments)),
                stepCount: try moments.indexTensor(named: "step/\(weight.name)").scalars.first.map { Int($0) } ?? 0)
        }
        for (weight, value) in zip(optimizer.parameters, values) { weight.parameter.value = value }
        optimizer.stepCount = state.step
        return state
    }

    private static func count(_ value: JSONValue) throws -> Int {
        let count = try value.int
        guard count >= 0 else { throw value.error("is \(count), wanted at least 0") }
        return count
    }

    private static func tensor(_ name: String, of shape: Shape, in file: SafetensorsFile) throws -> Tensor {
        guard let found = file.shape(of: name) else {
            throw TrainingError.otherRun(folder: file.origin, difference: "it has no \(name)")
        }
        guard found == shape else {
            throw TrainingError.otherRun(
                folder: file.origin, difference: "\(name) has shape \(found), the model wants \(shape)")
        }
        return try file.tensor(named: name)
    }

    /// The first thing in which two runs differ, in words; nil if they are the same.
    private static func difference(
        _ found: [(name: String, value: String)], _ wanted: [(name: String, value: String)]
    ) -> String? {
        let there = Dictionary(found.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let here = Dictionary(wanted.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let names = wanted.map(\.name) + found.map(\.name)
        guard let name = names.first(where: { there[$0] != here[$0] }) else { return nil }
        return "\(name) is \(there[name] ?? "not set") there and \(here[name] ?? "not set") here"
    }
}

extension DivergenceGuard.History {
    fileprivate init(_ value: JSONValue) throws {
        recent = try value["recent"].array.map { try $0.double }
        lowestMean = try value.optional("lowest_mean")?.double
    }

    fileprivate var tree: JSONTree {
        .object(
            [("recent", .array(recent.map { .number($0) }))]
                + (lowestMean.map { [("lowest_mean", .number($0))] } ?? []))
    }
}
