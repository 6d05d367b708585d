import Foundation
import Synchronization

/// A program that is run as a user runs it, from its start to its end.
struct MeasuredProgram {
    let path: String

    /// What a run took and gave.
    struct Run {
        var seconds: Double
        /// The most memory it held.
        var byteCount: Int
        var output: Data
    }

    /// Runs the program; throws if it cannot be run or fails.
    func run(_ arguments: [String]) throws -> Run {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("output-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, file.path, O_WRONLY | O_CREAT, 0o600)
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        var status: Int32 = 0
        var code: Int32 = 0
        let watch = MemoryWatch()
        let time = seconds {
            code = posix_spawn(&process, path, &actions, nil, &words, environ)
            guard code == 0 else { return }
            watch.begin(process)
            waitpid(process, &status, 0)
        }
        guard code == 0 else { throw PeerError(path, "cannot be run: \(String(cString: strerror(code)))") }
        guard status == 0 else { throw PeerError(path, "failed with \(arguments.joined(separator: " "))") }
        return Run(seconds: time, byteCount: watch.end(), output: try Data(contentsOf: file))
    }
}

/// Looks at a process's peak of memory while it runs. What `wait4` says is no less than this program's own peak.
private final class MemoryWatch: Sendable {
    private let peak = Mutex(0)
    private let hasEnded = Atomic(false)

    func begin(_ process: pid_t) {
        Thread.detachNewThread { [self] in
            while !hasEnded.load(ordering: .relaxed) {
                if let bytes = Self.peak(of: process) { peak.withLock { $0 = max($0, bytes) } }
                usleep(5000)
            }
        }
    }

    func end() -> Int {
        hasEnded.store(true, ordering: .relaxed)
        return peak.withLock { $0 }
    }

    private static func peak(of process: pid_t) -> Int? {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}
