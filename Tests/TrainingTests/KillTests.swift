import Foundation
import Tensors
import Testing
import Training

/// Trains 150 batches, with a checkpoint after every few steps.
private func train(in folder: URL, checkpointInterval: Int) throws -> ToyModel {
    let model = ToyModel()
    var options = toyOptions(batchCount: 150)
    options.checkpointInterval = checkpointInterval
    var trainer = Trainer(ToyStage(model: model), on: ToyBatches(), options: options, folder: folder)
    try trainer.run(resuming: true)
    return model
}

/// Runs that are killed three times each: as many as the environment variable BLIP_KILLS wants kills.
private let runCount: UInt64 = {
    let kills = ProcessInfo.processInfo.environment["BLIP_KILLS"].flatMap { UInt64($0) } ?? 9
    return (kills + 2) / 3
}()

@Suite struct KillTests {
    /// A process that is killed at any moment, while a checkpoint is written too, leaves what another one continues to the
    /// bits of an unbroken run.
    @Test(arguments: 1...runCount)
    func continuesAfterKills(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("killed-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path
        for attempt: UInt64 in 0..<3 {
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, seed = seed as UInt64, attempt = attempt as UInt64] in
                var draws = RandomSequence(RandomKey(seed: seed).child(attempt))
                let delay = UInt32.random(in: 1_000...100_000, using: &draws)
                Thread.detachNewThread {
                    usleep(delay)
                    kill(getpid(), SIGKILL)
                }
                _ = try train(in: URL(fileURLWithPath: path), checkpointInterval: 1)
                sleep(10)
            }
        }
        let resumed = try train(in: folder, checkpointInterval: 1000)
        let whole = try train(in: folder.appendingPathComponent("whole"), checkpointInterval: 1000)
        #expect(bits(resumed) == bits(whole))
        let numbers = try steps(in: folder).map { try $0["step"].int }
        #expect(numbers == Array(1...150))
    }
}
