import Foundation
import TestSupport
import Testing

/// Evaluations that are killed at any moment and begun again: as often as the environment variable BLIP_EVALUATION_KILLS says.
struct EvaluationKillTests {
    private let world: MiniWorld
    private let folder: TemporaryFolder
    private static let killCount =
        ProcessInfo.processInfo.environment["BLIP_EVALUATION_KILLS"].flatMap { Int($0) } ?? 3

    init() throws {
        world = try MiniWorld.shared()
        folder = try TemporaryFolder()
    }

    /// Its exit code; with a time after which it is killed, 137 if it was.
    private func evaluate(in output: URL, killedAfter seconds: Double? = nil) throws -> Int32 {
        let conditions = seconds.map { "exec timeout --signal=KILL \($0) \"$@\"" } ?? "exec \"$@\""
        return try BuiltProgram("evaluate").run(
            [
                "run", "--cfg-path", "Apps/evaluate/configurations/world/vqa.yaml", "--output-dir", output.path,
                "--options", "run.batch_size_eval=1",
            ], in: world.clone, under: "unset BLIP_METEOR; \(conditions)"
        ).code
    }

    /// A run goes on in its folder until it has been killed three times, or ends in between; then another one begins. All leave
    /// the bytes of one that went through.
    @Test func continuesAfterKills() throws {
        let whole = folder.file("whole")
        let began = ContinuousClock.now
        #expect(try evaluate(in: whole) == 0)
        let time = (ContinuousClock.now - began) / .seconds(1)
        var numbers = SeededNumbers(seed: 4)
        var (kills, attempts) = (0, 0)
        while kills < Self.killCount && attempts < 4 * Self.killCount {
            let output = folder.file("killed-\(attempts)")
            var code: Int32 = 137
            for _ in 0..<min(3, Self.killCount - kills) where code == 137 {
                code = try evaluate(in: output, killedAfter: time * Double.random(in: 0.1..<0.9, using: &numbers))
                kills += code == 137 ? 1 : 0
                attempts += 1
            }
            if code == 137 { code = try evaluate(in: output) }
            #expect(code == 0)
            for name in ["answers.jsonl", "predictions.json", "samples.jsonl", "results.json", "report.html"] {
                let same =
                    try Data(contentsOf: whole.appending(path: "val/\(name)"))
                    == Data(contentsOf: output.appending(path: "val/\(name)"))
                #expect(same, "\(name) after \(kills) kills")
            }
        }
        #expect(kills == Self.killCount, "\(kills) of \(attempts) were killed before they ended")
    }
}
