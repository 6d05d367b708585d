import Checkpoints
import Foundation
import JSON
import Layers
import Tensors

/// What a run needs to continue bit for bit, in a folder of its own that appears whole or not at all:
/// `model.safetensors` (the trained parameters under their checkpoint names), `optimizer.safetensors` (the moments)
/// and `state.json`. All random draws are functions of the seed and the step, so no generator has a state to keep.
struct TrainingState {
    /// Optimizer steps taken.
    var step: Int
    /// Batches used: the place in the data.
    var batch: Int
    /// What all random draws descend from.
    var seed: UInt64
    /// Fingerprints of the files that frozen weights came from.
    var frozenFiles: [String: String]

    private static let prefix = "step_"

    /// Writes the state and removes older ones but the last before it.
    func save(_ optimizer: AdamW, in folder: URL) throws {
        let checkpoints = folder.appendingPathComponent("checkpoints")
        let name = Self.prefix + String(format: "%08d", step)
        let temporary = checkpoints.appendingPathComponent(".\(name).tmp")
        try? FileManager.default.removeItem(at: temporary)
        do {
            try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        } catch {
            throw FileError(file: temporary.path, problem: "cannot be made: \(error.localizedDescription)")
        }
        do {
            try write(optimizer, to: temporary)
            try Self.move(temporary, to: checkpoints.appendingPathComponent(name))
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            throw error
        }
        for old in Self.steps(in: folder).dropLast(2) {
            try? FileManager.default.removeItem(at: Self.folder(ofStep: old, in: folder))
        }
    }

    private func write(_ optimizer: AdamW, to folder: URL) throws {
        try Safetensors.write(
            optimizer.parameters.map { ($0.name, $0.parameter.value.detached()) },
            to: folder.appendingPathComponent("model.safetensors"))
        var moments: [(String, Tensor)] = []
        for (name, _) in optimizer.parameters {
            guard let own = optimizer.moments[name] else { continue }
            moments += [("first/\(name)", own.first), ("second/\(name)", own.second)]
        }
        try Safetensors.write(moments, to: folder.appendingPathComponent("optimizer.safetensors"))
        let files = frozenFiles.sorted { $0.key < $1.key }.map { ($0.key, JSONTree.string($0.value)) }
        try JSONWriter(indentation: 2).write(
            [
                "step": .integer(step), "batch": .integer(batch), "seed": .string(String(seed)),
                "frozen_files": .object(files),
            ], to: folder.appendingPathComponent("state.json"))
    }

    private static func move(_ temporary: URL, to place: URL) throws {
        if FileManager.default.fileExists(atPath: place.path) { try FileManager.default.removeItem(at: place) }
        guard rename(temporary.path, place.path) == 0 else {
            throw FileError(file: place.path, problem: "cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// Reads the latest state of a folder into the model and the optimizer; nil if there is none.
    static func restoreLatest(_ optimizer: inout AdamW, in folder: URL) throws -> TrainingState? {
        guard let step = steps(in: folder).last else { return nil }
        let place = Self.folder(ofStep: step, in: folder)
        let model = try SafetensorsFile(contentsOf: place.appendingPathComponent("model.safetensors"))
        let moments = try SafetensorsFile(contentsOf: place.appendingPathComponent("optimizer.safetensors"))
        for (name, parameter) in optimizer.parameters {
            parameter.value = try matching(model, name, parameter.shape)
            guard moments.shape(of: "first/\(name)") != nil else { continue }
            optimizer.moments[name] = AdamWMoments(
                first: try matching(moments, "first/\(name)", parameter.shape),
                second: try matching(moments, "second/\(name)", parameter.shape))
        }
        optimizer.stepCount = step
        return try state(at: place.appendingPathComponent("state.json"))
    }

    private static func matching(_ file: SafetensorsFile, _ name: String, _ shape: Shape) throws -> Tensor {
        let tensor = try file.tensor(named: name)
        guard tensor.shape == shape else {
            throw TrainingError.otherRun(
                folder: file.origin, difference: "\(name) has shape \(tensor.shape), the model wants \(shape)")
        }
        return tensor
    }

    private static func state(at file: URL) throws -> TrainingState {
        let root = try JSONDocument(contentsOf: file).root
        guard let seed = UInt64(try root["seed"].string) else {
            throw try root["seed"].error("is no seed")
        }
        var files: [String: String] = [:]
        for member in try root["frozen_files"].object { files[member.key] = try member.value.string }
        return TrainingState(
            step: try root["step"].int, batch: try root["batch"].int, seed: seed, frozenFiles: files)
    }

    private static func folder(ofStep step: Int, in folder: URL) -> URL {
        folder.appendingPathComponent("checkpoints").appendingPathComponent(prefix + String(format: "%08d", step))
    }

    /// The steps that a folder holds whole checkpoints of, ascending.
    static func steps(in folder: URL) -> [Int] {
        let checkpoints = folder.appendingPathComponent("checkpoints").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints)) ?? []
        return names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }.sorted()
    }
}
