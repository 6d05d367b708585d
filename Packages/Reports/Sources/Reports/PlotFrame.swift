import Foundation

/// The axes of a plot, and where its points lie in the picture.
struct PlotFrame {
    let horizontal: AxisRange
    let vertical: AxisRange

    private static let (width, height) = (480.0, 240.0)
    private static let (left, right, top, bottom) = (58.0, 14.0, 10.0, 34.0)

    /// Where a point lies in the picture.
    func place(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let x = Self.left + horizontal.share(of: point.x) * (Self.width - Self.left - Self.right)
        let y = Self.height - Self.bottom - vertical.share(of: point.y) * (Self.height - Self.top - Self.bottom)
        return SIMD2(x, y)
    }

    /// A figure under its title, of the axes and what is drawn between them; `axis` says what the horizontal one counts.
    func figure(title: String, axis: String, _ contents: [HTML]) -> HTML {
        let picture = HTML.element(
            "svg",
            [
                "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img", "aria-label": title,
                "fill": "currentColor",
            ], grid(axis) + contents)
        return .element("figure", ["class": "plot"], [.element("figcaption", [:], [.text(title)]), picture])
    }

    /// The text of an SVG file with the same, dark on white.
    func file(title: String, axis: String, _ contents: [HTML]) -> String {
        let (head, width, height) = (26, Int(Self.width), Int(Self.height))
        let ground = HTML.element(
            "rect", ["y": "\(-head)", "width": "\(width)", "height": "\(height + head)", "fill": "#fff"])
        let heading = HTML.element(
            "text", ["x": Self.text(Self.left), "y": "-8", "font-weight": "bold"], [.text(title)])
        let picture = HTML.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 \(-head) \(width) \(height + head)",
                "width": "\(width)", "height": "\(height + head)", "color": "#222", "fill": "currentColor",
                "font-family": "sans-serif", "font-size": "12",
            ], [ground, heading] + grid(axis) + contents)
        return picture.source + "\n"
    }

    private func grid(_ axis: String) -> [HTML] {
        let origin = SIMD2(horizontal.low, vertical.low)
        let rows = vertical.ticks.flatMap { tick in
            let y = place(SIMD2(origin.x, tick)).y
            return [
                line(Self.left, y, Self.width - Self.right, y), label(vertical.text(tick), Self.left - 6, y + 4, "end"),
            ]
        }
        let columns = horizontal.ticks.map { tick in
            label(horizontal.text(tick), place(SIMD2(tick, origin.y)).x, Self.height - Self.bottom + 15, "middle")
        }
        return rows + columns + [label(axis, (Self.left + Self.width - Self.right) / 2, Self.height - 4, "middle")]
    }

    private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> HTML {
        .element(
            "line",
            [
                "x1": Self.text(x1), "y1": Self.text(y1), "x2": Self.text(x2), "y2": Self.text(y2),
                "stroke": "currentColor", "stroke-opacity": "0.12",
            ])
    }

    private func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> HTML {
        .element("text", ["x": Self.text(x), "y": Self.text(y), "text-anchor": anchor], [.text(text)])
    }

    /// A length in the picture.
    static func text(_ number: Double) -> String { String(format: "%.1f", number) }
}
