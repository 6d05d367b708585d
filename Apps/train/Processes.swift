import ArgumentParser
import Communication
import Foundation
import Recipes
import Tensors

/// Runs `body` on this process alone, or on each of those that were started together.
func onAllProcesses(_ body: (ProcessGroup) throws -> Void) throws {
    let processes = try ProcessGroup.start()
    if processes.count == 1 { return try body(processes) }
    shareCores()
    do {
        try body(processes)
        processes.finish()
    } catch {
        leave(processes, error)
    }
}

/// Cores are divided among the processes of this machine, unless OMP_NUM_THREADS says how many threads each has.
private func shareCores() {
    let environment = ProcessInfo.processInfo.environment
    guard environment["OMP_NUM_THREADS"] == nil else { return }
    let local = environment["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap { Int($0) } ?? 1
    let machine = ProcessInfo.processInfo
    ThreadPool.threadCount = min(machine.activeProcessorCount, max(1, machine.processorCount / max(local, 1)))
}

/// Ends all processes with one message. What is wrong with the call, the recipe or the data all of them find; the first one
/// says it, before the others do. All stop together when they were asked to.
private func leave(_ processes: ProcessGroup, _ error: any Error) -> Never {
    let isMisuse = error is ValidationError
    let code = isMisuse ? 2 : exitStatus(after: error)
    let isStop = !isMisuse && code != 1
    if !processes.isFirst {
        if isStop {
            processes.finish()
            exit(code)
        }
        sleep(2)
    }
    let place = processes.isFirst ? "" : "process \(processes.rank): "
    let text = isMisuse ? Train.fullMessage(for: error) : "train: \(place)\(error)"
    FileHandle.standardError.write(Data("\(text)\n".utf8))
    if isStop { processes.finish() } else { processes.abort(code: code) }
    exit(code)
}
