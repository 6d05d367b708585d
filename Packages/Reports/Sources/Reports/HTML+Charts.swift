import Foundation

extension HTML {
    /// A bar chart of how many of the values fall into each of equally wide bins, as SVG; `label` says what is counted.
    ///
    /// Values beyond the range count in the first or the last bin; what is not a number is left out.
    public static func histogram(
        _ values: [Double], range: ClosedRange<Double>, binCount: Int = 40, label: String
    ) -> HTML {
        precondition(binCount > 0 && range.lowerBound < range.upperBound, "a histogram of \(binCount) bins in \(range)")
        var bins = [Int](repeating: 0, count: binCount)
        for value in values where !value.isNaN {
            let part = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
            bins[Int(min(max(part, 0) * Double(binCount), Double(binCount - 1)))] += 1
        }
        return chart(bins, range, label)
    }

    private static func chart(_ bins: [Int], _ range: ClosedRange<Double>, _ label: String) -> HTML {
        let (width, height, foot) = (640.0, 160.0, 20.0)
        let most = Double(max(bins.max() ?? 0, 1))
        let step = width / Double(bins.count)
        let binWidth = (range.upperBound - range.lowerBound) / Double(bins.count)
        let bars = bins.enumerated().map { place, count in
            let size = Double(count) / most * (height - foot)
            let start = range.lowerBound + Double(place) * binWidth
            let title = "\(short(start)) to \(short(start + binWidth)): \(count)"
            return element(
                "rect",
                [
                    "x": short(Double(place) * step + 0.5), "y": short(height - foot - size),
                    "width": short(step - 1), "height": short(size), "class": "bar",
                ], [element("title", [:], [.text(title)])])
        }
        let ends = [(0.0, "start", range.lowerBound), (width, "end", range.upperBound)].map { place, anchor, value in
            element(
                "text", ["x": short(place), "y": short(height - 4), "text-anchor": anchor], [.text(short(value))])
        }
        let middle = element(
            "text", ["x": short(width / 2), "y": short(height - 4), "text-anchor": "middle"], [.text(label)])
        return element(
            "svg",
            [
                "viewBox": "0 0 \(short(width)) \(short(height))", "role": "img", "aria-label": "Histogram: \(label)",
                "class": "chart",
            ], bars + ends + [middle])
    }

    /// A number with two digits after the point at most.
    private static func short(_ value: Double) -> String {
        let text = String(format: "%.2f", value)
        return text.contains(".") ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
    }
}
