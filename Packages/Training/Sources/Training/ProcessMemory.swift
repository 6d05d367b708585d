import Foundation

/// What this process takes of the machine's memory.
enum ProcessMemory {
    /// The most bytes that were resident at once so far.
    static var peakByteCount: Int {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss) * 1024
    }
}
