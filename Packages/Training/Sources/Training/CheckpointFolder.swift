import Foundation
import JSON

/// The checkpoints of a run: folders named by their step under `checkpoints` in the run's folder.
struct CheckpointFolder {
    /// Where they stand.
    let folder: URL
    private static let prefix = "step_"

    init(ofRun folder: URL) {
        self.folder = folder.appendingPathComponent("checkpoints")
    }

    /// The steps there are whole checkpoints of, ascending.
    var steps: [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.compactMap { name in
            guard name.hasPrefix(Self.prefix), let step = Int(name.dropFirst(Self.prefix.count)) else { return nil }
            return step
        }.sorted()
    }

    /// Where the checkpoint of a step stands or will stand.
    func place(ofStep step: Int) -> URL {
        folder.appendingPathComponent(Self.prefix + String(format: "%08d", step))
    }

    /// Removes all checkpoints but the latest, and what an interrupted run left half-written.
    func prune(keeping count: Int) {
        for step in steps.dropLast(count) { try? FileManager.default.removeItem(at: place(ofStep: step)) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasSuffix(".part") {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
    }
}
