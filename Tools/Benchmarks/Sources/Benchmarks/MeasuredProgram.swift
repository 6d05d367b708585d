import Foundation

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
        var usage = rusage()
        var code: Int32 = 0
        let time = seconds {
            code = posix_spawn(&process, path, &actions, nil, &words, environ)
            if code == 0 { wait4(process, &status, 0, &usage) }
        }
        guard code == 0 else { throw PeerError(path, "cannot be run: \(String(cString: strerror(code)))") }
        guard status == 0 else { throw PeerError(path, "failed with \(arguments.joined(separator: " "))") }
        return Run(seconds: time, byteCount: usage.ru_maxrss << 10, output: try Data(contentsOf: file))
    }
}
