import Foundation

/// A line on standard error that is written over again, on a terminal only.
final class ProgressLine {
    private let isOn = isatty(STDERR_FILENO) == 1
    private let title: String
    private let total: Int
    private let start: Int
    private let began = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    init(_ title: String, total: Int, start: Int) {
        self.title = title
        self.total = total
        self.start = start
    }

    /// Shows that `done` of all steps are done.
    func show(_ done: Int, loss: Double) {
        guard isOn else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(200), done < total { return }
        lastShown = now
        let seconds = (now - began) / .seconds(1)
        let rate = Double(done - start) / max(seconds, 1e-9)
        let left = rate > 0 ? Double(total - done) / rate : 0
        let text = String(
            format: "\r%@  %d/%d  loss %.4f  %.1f steps/s  %@ left \u{1b}[K", title, done, total, loss, rate,
            Self.clock(left))
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// Ends the line.
    func end() {
        if isOn { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        return String(format: "%d:%02d", whole / 60, whole % 60)
    }
}
