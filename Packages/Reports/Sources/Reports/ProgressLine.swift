import Foundation

/// A line on standard error that is written over again, on a terminal only: how far, how fast, how long still.
public final class ProgressLine {
    private let isOn = isatty(STDERR_FILENO) == 1
    private let title: String
    private let unit: String
    private let total: Int
    private let start: Int
    private let began = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    /// A line that has not been shown yet.
    ///
    /// - Parameters:
    ///   - title: what is going on
    ///   - unit: what is counted, in the plural
    ///   - total: how many there are
    ///   - start: how many were done before
    public init(_ title: String, counting unit: String, total: Int, start: Int = 0) {
        self.title = title
        self.unit = unit
        self.total = total
        self.start = start
    }

    /// Shows that `done` of all are done, and how it goes; at most five times a second.
    public func show(_ done: Int, _ detail: @autoclosure () -> String = "") {
        guard isOn else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(200), done < total { return }
        lastShown = now
        let seconds = (now - began) / .seconds(1)
        let speed = Double(done - start) / max(seconds, 1e-9)
        let rest = String(
            format: "  %.1f %@/s  %@ left \u{1b}[K", speed, unit, Self.clock(Double(total - done) / max(speed, 1e-9)))
        FileHandle.standardError.write(Data("\r\(title)  \(done)/\(total)\(detail())\(rest)".utf8))
    }

    /// Ends the line; what is shown after that stands on another.
    public func end() {
        if isOn && lastShown != nil { FileHandle.standardError.write(Data("\n".utf8)) }
        lastShown = nil
    }

    /// Hours, minutes and seconds.
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded())
        return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}
