import Foundation

/// How many of some values fall into each of equally wide bins, drawn into the page itself as SVG.
public struct Histogram: Sendable {
    /// What stands above the plot.
    public var title: String
    /// What the horizontal axis counts.
    public var axis: String
    /// Where the first bin begins and the last one ends.
    public var range: ClosedRange<Double>
    /// How many values fall into each bin.
    public let counts: [Int]

    /// Counts values. Those beyond the range count in the first or the last bin; what is not a number is left out.
    public init(title: String, axis: String, _ values: [Double], range: ClosedRange<Double>, binCount: Int = 40) {
        precondition(binCount > 0 && range.lowerBound < range.upperBound, "a histogram of \(binCount) bins in \(range)")
        self.title = title
        self.axis = axis
        self.range = range
        var counts = [Int](repeating: 0, count: binCount)
        for value in values where !value.isNaN {
            let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            counts[Int(min(max(part, 0) * Double(binCount), Double(binCount - 1)))] += 1
        }
        self.counts = counts
    }

    /// The histogram as a figure under its title.
    public var html: HTML {
        // Ticks of fewer than four would lie between whole numbers.
        let frame = PlotFrame(
            horizontal: AxisRange([range.lowerBound, range.upperBound]),
            vertical: AxisRange([0, Double(max(counts.max() ?? 0, 4))]))
        let width = (range.upperBound - range.lowerBound) / Double(counts.count)
        let bars = counts.enumerated().map { place, count in
            let start = range.lowerBound + Double(place) * width
            let (low, high) = (frame.place(SIMD2(start, 0)), frame.place(SIMD2(start + width, Double(count))))
            let title = String(format: "%g to %g: %d", start, start + width, count)
            return HTML.element(
                "rect",
                [
                    "x": PlotFrame.text(low.x), "y": PlotFrame.text(high.y),
                    "width": PlotFrame.text(max(high.x - low.x - 0.6, 0.5)), "height": PlotFrame.text(low.y - high.y),
                    "fill": LinePlot.colour(0),
                ], [.element("title", [:], [.text(title)])])
        }
        return frame.figure(title: title, axis: axis, bars)
    }
}
