import Foundation
import Synchronization

/// Whether the process was asked to stop, by SIGINT or SIGTERM. The first signal asks; a second one ends the process as
/// if nobody listened.
enum StopSignal {
    private static let wasAsked = Atomic<Bool>(false)

    static var isRaised: Bool { wasAsked.load(ordering: .relaxed) }

    /// Listens while `body` runs.
    static func listening<Result>(_ body: () throws -> Result) rethrows -> Result {
        wasAsked.store(false, ordering: .relaxed)
        let numbers = [SIGINT, SIGTERM]
        let before = numbers.map { signal($0) { StopSignal.receive($0) } }
        defer {
            for (number, handler) in zip(numbers, before) { signal(number, handler) }
        }
        return try body()
    }

    private static func receive(_ number: Int32) {
        wasAsked.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
    }
}
