import ArgumentParser
import Foundation
import JSON
import Programs

struct Steps: Program {
    static let configuration = CommandConfiguration(
        commandName: "steps",
        abstract: "Prints what the steps of a run took, and fails if its memory exceeded a limit.")

    static var exampleSetting: String { "after `make full-size-step`" }

    static var examples: [String] {
        let start = "\(FullSize.invocation) steps .build/full-size/run"
        return [start, "\(start) --limit 12"]
    }

    @Option(help: "GiB that the run may have had in memory at once.")
    var limit = 16.0

    @Argument(help: "The run's folder.")
    var folder: PathArgument

    func run() throws {
        let log = folder.url.appendingPathComponent("log.jsonl")
        var peak = 0.0
        let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
        for (number, line) in lines.enumerated() {
            let entry = try JSONDocument(parsing: line.utf8, name: log.path, line: number + 1).root
            guard let step = try entry.optional("step")?.int else { continue }
            let (seconds, loss) = (try entry["step_seconds"].double, try entry["loss"].double)
            peak = max(peak, try entry["peak_memory_bytes"].double / Double(1 << 30))
            print(String(format: "step %d: loss %.4f, %.1f s", step, loss, seconds))
        }
        print(String(format: "peak resident: %.2f GiB of %.2f", peak, limit))
        if peak > limit { throw ExitCode(1) }
        if peak == 0 { throw ValidationError("\(log.path) tells of no step") }
    }
}
