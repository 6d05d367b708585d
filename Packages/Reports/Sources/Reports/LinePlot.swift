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
    public var html: HTML { frame.figure(title: title, axis: axis, paths) }

    /// The plot as an SVG file, UTF-8 when written.
    public var svg: String { frame.file(title: title, axis: axis, paths) }

    private var frame: PlotFrame {
        let points = curves.flatMap { $0.points + $0.background }.filter { $0.x.isFinite && $0.y.isFinite }
        return PlotFrame(horizontal: AxisRange(points.map(\.x)), vertical: AxisRange(points.map(\.y)))
    }

    private var paths: [HTML] {
        let frame = frame
        return curves.flatMap { curve in
            [
                path(curve, curve.background, width: 1, opacity: 0.25, frame),
                path(curve, curve.points, width: 1.8, opacity: 1, frame),
            ].compactMap { $0 }
        }
    }

    static func colour(_ place: Int) -> String { colours[place % colours.count] }

    private func path(
        _ curve: Curve, _ points: [SIMD2<Double>], width: Double, opacity: Double, _ frame: PlotFrame
    ) -> HTML? {
        if points.isEmpty { return nil }
        var path = ""
        var isDown = false
        for point in points {
            guard point.x.isFinite, point.y.isFinite else {
                isDown = false
                continue
            }
            let place = frame.place(point)
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
}
