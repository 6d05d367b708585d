import Foundation

/// A line on standard error that is written over again, on a terminal only: how far, how fast, how long still.
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

    /// Shows that `done` of all batches are done.
    func show(_ done: Int, epoch: Int, loss: Double, rate: Double) {
        guard isOn else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(200), done < total { return }
        lastShown = now
        let seconds = (now - began) / .seconds(1)
        let speed = Double(done - start) / max(seconds, 1e-9)
        let text = String(
            format: "\r%@  epoch %d  %d/%d  loss %.4f  lr %.3g  %.1f batches/s  %@ left \u{1b}[K", title, epoch, done,
            total, loss, rate, speed, Self.clock(Double(total - done) / max(speed, 1e-9)))
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// Ends the line.
    func end() {
        if isOn && lastShown != nil { FileHandle.standardError.write(Data("\n".utf8)) }
    }

    /// Hours, minutes and seconds.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded())
        return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}
