import Foundation
import FoundationXML
import Reports
import Testing

/// Where curves, axes and gaps of a plot lie.
struct LinePlotTests {
    private func page(_ curves: [LinePlot.Curve]) -> String {
        HTMLPage(title: "", body: [LinePlot(title: "a < b", axis: "step", curves: curves).html]).text
    }

    private func curve(_ points: [SIMD2<Double>], name: String = "one", colour: Int = 0) -> LinePlot.Curve {
        LinePlot.Curve(name: name, colour: colour, points: points)
    }

    @Test func pointsLieWhereTheirNumbersSay() {
        let text = page([curve([SIMD2(0, 0), SIMD2(5, 10), SIMD2(10, 5)])])
        // Left, right, bottom and top of the plot: 58, 466, 206 and 10.
        #expect(text.contains("d=\"M58.0 206.0L262.0 10.0L466.0 108.0\""))
        #expect(text.contains("aria-label=\"a &lt; b\"") && text.contains(">step</text>"))
        for tick in ["0", "2", "4", "6", "8", "10"] { #expect(text.contains(">\(tick)</text>"), "\(tick)") }
    }

    @Test func whatIsNoNumberLeavesAGap() {
        let text = page([
            curve([SIMD2(0, 1), SIMD2(1, .nan), SIMD2(2, 1), SIMD2(3, .infinity), SIMD2(4, 2)])
        ])
        let path = text.components(separatedBy: "<path d=\"").last?.prefix { $0 != "\"" } ?? ""
        #expect(path.filter { $0 == "M" }.count == 3 && !path.contains("L"))
    }

    /// A file of its own holds the same curves and is well-formed.
    @Test func aFileHasTheSameCurves() throws {
        let plot = LinePlot(title: "a < b", axis: "step", curves: [curve([SIMD2(0, 0), SIMD2(5, 10), SIMD2(10, 5)])])
        let page = HTMLPage(title: "", body: [plot.html]).text
        let path = try #require(page.firstMatch(of: /d="(M[^"]+)"/)).1
        #expect(plot.svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 -26 480 266\""))
        #expect(plot.svg.contains("d=\"\(path)\"") && plot.svg.contains(">a &lt; b</text>"))
        let parser = XMLParser(data: Data(plot.svg.utf8))
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    }

    /// A run has one colour everywhere, also where another one before it has no curve.
    @Test func theLegendHasTheColoursOfTheCurves() throws {
        let points = [SIMD2(0.0, 0.0), SIMD2(1.0, 1.0)]
        let legend = HTMLPage(title: "", body: [LinePlot.legend(["<one>", "two"])]).text
        let colours = legend.matches(of: /color: (#[0-9a-f]{6})">/).map { String($0.1) }
        #expect(colours.count == 2 && colours[0] != colours[1] && legend.contains("\u{25cf} &lt;one&gt;</span>"))
        #expect(page([curve(points, name: "two", colour: 1)]).contains("stroke=\"\(colours[1])\""))
    }

    @Test func aConstantAndNothingCanBeDrawn() {
        #expect(page([curve([SIMD2(1, 7)])]).contains("<path d=\"M"))
        #expect(page([]).contains("<svg"))
        for scale in [1e-12, 1e-3, 1e9] {
            let text = page([curve([SIMD2(0, scale), SIMD2(1, 3 * scale)])])
            #expect(!text.contains("nan") && text.contains("L"), "\(scale)")
        }
    }
}
