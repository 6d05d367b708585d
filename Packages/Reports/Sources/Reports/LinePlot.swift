import Foundation

/// Curves over a common axis, drawn into the page itself as SVG.
public struct LinePlot: Sendable {
    /// Points joined by a line.
    public struct Curve: Sendable, Hashable {
        /// What the curve is.
        public var name: String
        /// Which colour it has, from 0; they come again after the seventh.
        public var colour: Int
        /// Where its points lie, from left to right; those that are not finite leave a gap.
        public var points: [SIMD2<Double>]
        /// The points behind it, drawn faintly, where the curve itself is their trend.
        public var background: [SIMD2<Double>]

        /// A curve through these points.
        public init(name: String, colour: Int, points: [SIMD2<Double>], background: [SIMD2<Double>] = []) {
            self.name = name
            self.colour = colour
            self.points = points
            self.background = background
        }
    }

    /// What stands above the plot.
    public var title: String
    /// What the horizontal axis counts.
    public var axis: String
    /// The curves.
    public var curves: [Curve]

    /// A plot of these curves.
    public init(title: String, axis: String, curves: [Curve]) {
        self.title = title
        self.axis = axis
        self.curves = curves
    }

    private static let (width, height) = (480.0, 240.0)
    private static let (left, right, top, bottom) = (58.0, 14.0, 10.0, 34.0)
    // Okabe and Ito's colours, which people who see few colours can tell apart too.
    private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195"]

    /// Names in the colours of their curves.
    public static func legend(_ names: [String]) -> HTML {
        .element(
            "p", ["class": "legend"],
            names.enumerated().map { place, name in
                .element("span", ["style": "color: \(colour(place))"], [.text("\u{25cf} \(name)")])
            })
    }

    /// The plot as a figure under its title.
    public var html: HTML {
        let points = curves.flatMap { $0.points + $0.background }.filter { $0.x.isFinite && $0.y.isFinite }
        let horizontal = AxisRange(points.map(\.x)), vertical = AxisRange(points.map(\.y))
        let paths = curves.flatMap { curve in
            [
                path(curve, curve.background, width: 1, opacity: 0.25, horizontal, vertical),
                path(curve, curve.points, width: 1.8, opacity: 1, horizontal, vertical),
            ].compactMap { $0 }
        }
        let picture = HTML.element(
            "svg",
            [
                "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img", "aria-label": title,
                "fill": "currentColor",
            ], grid(horizontal, vertical) + paths)
        return .element("figure", ["class": "plot"], [.element("figcaption", [:], [.text(title)]), picture])
    }

    private static func colour(_ place: Int) -> String { colours[place % colours.count] }

    private func place(_ point: SIMD2<Double>, _ horizontal: AxisRange, _ vertical: AxisRange) -> SIMD2<Double> {
        let x = Self.left + horizontal.share(of: point.x) * (Self.width - Self.left - Self.right)
        let y = Self.height - Self.bottom - vertical.share(of: point.y) * (Self.height - Self.top - Self.bottom)
        return SIMD2(x, y)
    }

    private func path(
        _ curve: Curve, _ points: [SIMD2<Double>], width: Double, opacity: Double, _ horizontal: AxisRange,
        _ vertical: AxisRange
    ) -> HTML? {
        if points.isEmpty { return nil }
        var path = ""
        var isDown = false
        for point in points {
            guard point.x.isFinite, point.y.isFinite else {
                isDown = false
                continue
            }
            let place = place(point, horizontal, vertical)
            path += String(format: "%@%.1f %.1f", isDown ? "L" : "M", place.x, place.y)
            isDown = true
        }
        return .element(
            "path",
            [
                "d": path, "fill": "none", "stroke": Self.colour(curve.colour), "stroke-linejoin": "round",
                "stroke-width": "\(width)", "stroke-opacity": "\(opacity)",
            ], [.element("title", [:], [.text(curve.name)])])
    }

    private func grid(_ horizontal: AxisRange, _ vertical: AxisRange) -> [HTML] {
        let origin = SIMD2(horizontal.low, vertical.low)
        let rows = vertical.ticks.flatMap { tick in
            let y = place(SIMD2(origin.x, tick), horizontal, vertical).y
            return [
                line(Self.left, y, Self.width - Self.right, y), label(vertical.text(tick), Self.left - 6, y + 4, "end"),
            ]
        }
        let columns = horizontal.ticks.map { tick in
            let x = place(SIMD2(tick, origin.y), horizontal, vertical).x
            return label(horizontal.text(tick), x, Self.height - Self.bottom + 15, "middle")
        }
        let name = label(axis, (Self.left + Self.width - Self.right) / 2, Self.height - 4, "middle")
        return rows + columns + [name]
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> HTML {
        .element(
            "line",
            [
                "x1": text(x1), "y1": text(y1), "x2": text(x2), "y2": text(y2), "stroke": "currentColor",
                "stroke-opacity": "0.12",
            ])
    }

    private func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> HTML {
        .element("text", ["x": self.text(x), "y": self.text(y), "text-anchor": anchor], [.text(text)])
    }

    private func text(_ number: Double) -> String { String(format: "%.1f", number) }
}
