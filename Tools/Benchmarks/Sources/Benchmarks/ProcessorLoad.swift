import Foundation

/// How much of the processors programs other than this one, and the peers it started, use from now on.
struct ProcessorLoad {
    private let began = ContinuousClock.now
    private let busy = Self.busyTime
    private let own = Self.ownTime

    /// Processors in use by others since this was made; 0 where the system does not say.
    func ofOthers() -> Double {
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        return max(0, (Self.busyTime - busy) - (Self.ownTime - own)) / max(elapsed, 0.01)
    }

    private static let ticksPerSecond = Double(sysconf(Int32(_SC_CLK_TCK)))

    /// Seconds that all processors together were busy, or taken by the machine's host, since the system started.
    private static var busyTime: Double {
        let fields = fields(of: "/proc/stat")
        // user, nice, system, idle, waiting, interrupts (2), stolen
        guard fields.count > 8 else { return 0 }
        return [1, 2, 3, 6, 7, 8].reduce(0) { $0 + (Double(fields[$1]) ?? 0) } / ticksPerSecond
    }

    /// Seconds that this program and its peers have used.
    private static var ownTime: Double {
        time(of: "self") + Peer.running.reduce(0) { $0 + time(of: "\($1)") }
    }

    private static func time(of process: String) -> Double {
        let fields = fields(of: "/proc/\(process)/stat")
        guard fields.count > 14 else { return 0 }
        return ((Double(fields[13]) ?? 0) + (Double(fields[14]) ?? 0)) / ticksPerSecond
    }

    private static func fields(of file: String) -> [Substring] {
        let line = (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first ?? ""
        return line.split(separator: " ")
    }
}
