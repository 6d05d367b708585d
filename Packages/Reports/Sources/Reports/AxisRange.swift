import Foundation

/// The range of an axis that holds all values, and round numbers in it.
struct AxisRange {
    let low: Double
    let high: Double
    /// Round numbers from the lowest to the highest, some five.
    let ticks: [Double]
    private let step: Double
    private static let limit = 1e300

    init(_ values: [Double]) {
        // Steps of what lies beyond could not be told apart from 0 or from infinity.
        let (least, most) = (max(values.min() ?? 0, -Self.limit), min(values.max() ?? 1, Self.limit))
        let span = most > least ? max(most - least, 1 / Self.limit) : max(abs(most), 1)
        let power = pow(10, (log10(span / 4)).rounded(.down))
        step = [1, 2, 5, 10].map { $0 * power }.first { span / $0 <= 5 } ?? 10 * power
        low = (least / step).rounded(.down) * step
        high = max((most / step).rounded(.up) * step, low + step)
        let (step, low) = (step, low)
        ticks = (0...Int(((high - low) / step).rounded())).map { low + Double($0) * step }
    }

    /// How far a value lies along the axis, 0 to 1.
    func share(of value: Double) -> Double { (value - low) / (high - low) }

    /// A tick's number with as many digits as its neighbours need.
    func text(_ tick: Double) -> String {
        if max(abs(low), abs(high)) >= 1e6 || step < 1e-4 { return String(format: "%.3g", tick) }
        return String(format: "%.\(max(0, Int((-log10(step)).rounded(.up))))f", tick)
    }
}
