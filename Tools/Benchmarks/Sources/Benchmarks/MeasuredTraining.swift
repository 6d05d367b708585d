import Foundation

/// Runs of the app `train` by a recipe of the demo.
struct MeasuredTraining {
    let program: String
    let recipe: String

    /// Whether the recipe is there.
    var isThere: Bool { FileManager.default.fileExists(atPath: recipe) }

    /// Runs a shell command with `$train FOLDER --options ...` in it, and gives the median time of a step in each of the
    /// folders under `$out`.
    ///
    /// - Parameters:
    ///   - command: what the shell is to do; `$out` is an empty folder
    ///   - folders: the runs' folders in `$out`
    func stepSeconds(_ command: String, _ folders: [String]) throws -> [Double] {
        let out = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: out) }
        let settings =
            "out=\(out.path); train='\(program) --cfg-path \(recipe) --output-dir'; "
            + "export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1"
        _ = try MeasuredProgram(path: "/bin/sh").run(["-c", "\(settings); \(command)"])
        return try folders.map { name in
            let log = try String(contentsOf: out.appendingPathComponent("\(name)/log.jsonl"), encoding: .utf8)
            return median(
                log.split(separator: "\n").compactMap {
                    let entry = try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                    return entry?["step_seconds"] as? Double
                })
        }
    }

    /// Settings for so many batches of so many of the demo's 20,000 pairs.
    static func options(batches: Int, of size: Int = 16) -> String {
        "--options run.warmup_steps=2 run.batch_size_train=\(size) run.max_epoch=\(Double(batches * size) / 20_000)"
    }
}
