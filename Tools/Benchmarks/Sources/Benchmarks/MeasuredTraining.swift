import ArgumentParser
import Foundation

/// Runs of the app `train` by a recipe of the demo.
struct MeasuredTraining: ParsableArguments {
    @Option(help: "The program.")
    var program = ".build/release/train"

    @Option(help: "The recipe; by default that of the demo's stage 2.")
    var recipe = ".demo/baseline/stage2/recipe.yaml"

    @Option(help: "Batches of a run; the median step is taken.")
    var steps = 12

    /// Whether the recipe is there; says so if it is not.
    func isThere() -> Bool {
        let isThere = FileManager.default.fileExists(atPath: recipe)
        if !isThere { print("Left out: \(recipe) is not there; `make demo` makes it.") }
        return isThere
    }

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
