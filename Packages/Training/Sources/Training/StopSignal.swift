import Foundation
import Synchronization

/// Whether the process was asked to stop (SIGINT, SIGTERM). The first signal asks; a second one ends the process as if
/// nobody listened.
enum StopSignal {
    private static let wasAsked = Atomic<Bool>(false)

    static var isRaised: Bool { wasAsked.load(ordering: .relaxed) }

    /// Listens from now on.
    static func listen() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                StopSignal.wasAsked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}
