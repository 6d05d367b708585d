import EvaluationMetrics
import Foundation
import JSON
import Reports

/// A page about the scores of a set of captions: the scores with their intervals, how the images' scores are spread,
/// and the best and worst captions with their references and pictures.
public struct CaptionPage {
    private let evaluation: CaptionEvaluation
    private let comparison: CaptionComparison?
    private let pictures: URL?

    /// How many captions are shown at either end.
    private static let shownCount = 25

    /// - Parameters:
    ///   - comparison: the same captions against another system's, if there is one.
    ///   - pictures: the folder that the references' file names start from; no pictures if nil.
    public init(_ evaluation: CaptionEvaluation, comparison: CaptionComparison? = nil, pictures: URL? = nil) {
        self.evaluation = evaluation
        self.comparison = comparison
        self.pictures = pictures
    }

    /// Writes the page as one file that needs no other.
    ///
    /// - Throws: `FileError`.
    public func write(to url: URL) throws {
        try FileReplacement.write(page.text.utf8, to: url)
    }

    private var keys: [String] { evaluation.report.scores.filter { $0.value != nil }.map(\.key) }

    /// What the images are ranked by: CIDEr if there is one.
    private var rankingKey: String? { keys.contains("CIDEr") ? "CIDEr" : keys.last }

    var page: HTMLPage {
        let matching = evaluation.report.matching
        var body: [HTML] = [
            .heading(1, "Caption scores"), .paragraph("\(evaluation.report.count) images: \(matching.files)."),
        ]
        if !matching.isComplete { body.append(.paragraph("Left out: \(matching.summary).")) }
        body += [summary, notes]
        if let comparison { body += differences(comparison) }
        body += [
            .heading(2, "Scores of single images"),
            .element("div", ["class": "plots"], keys.map(histogram)),
        ]
        if let key = rankingKey { body += extremes(key) }
        return HTMLPage(title: "Caption scores", body: body, isSortable: true)
    }

    private var summary: HTML {
        .table(
            header: ["in per cent", "score", "95 % interval", "best possible"],
            rows: evaluation.report.scores.map { score in
                [
                    score.key, score.value.map(CaptionPage.percent) ?? "–",
                    score.interval.map(CaptionPage.interval) ?? "–", CaptionPage.percent(score.scale),
                ]
            })
    }

    private var notes: HTML {
        .element(
            "ul", [:],
            evaluation.report.scores.compactMap { score in
                score.note.map { .element("li", [:], [.text("\(score.key): \($0)")]) }
            })
    }

    private func differences(_ comparison: CaptionComparison) -> [HTML] {
        let rows = comparison.differences.map { difference in
            [
                difference.key, CaptionPage.percent(comparison.first.report[difference.key] ?? 0),
                CaptionPage.percent(comparison.second.report[difference.key] ?? 0),
                CaptionPage.percent(difference.value), CaptionPage.interval(difference.interval),
                String(format: "%.4f", difference.pValue),
            ]
        }
        return [
            .heading(2, "A second system against this one"),
            .paragraph("The second is \(comparison.second.report.matching.files)."),
            .table(header: ["in per cent", "this", "second", "difference", "95 % interval", "p"], rows: rows),
        ]
    }

    private func histogram(_ key: String) -> HTML {
        let values = evaluation.images.compactMap { $0.scores[key].map { 100 * $0 } }
        let scale = evaluation.report.scores.first { $0.key == key }?.scale ?? 1
        // CIDEr may reach 1000 but seldom passes 300.
        let (most, axis) = scale > 3 ? (3, "per cent; the last bar counts all above") : (scale, "per cent")
        return Histogram(title: key, axis: axis, values, range: 0...100 * most).html
    }

    private func extremes(_ key: String) -> [HTML] {
        let ranked = evaluation.images.sorted { ($0.scores[key] ?? 0) > ($1.scores[key] ?? 0) }
        guard ranked.count > 2 * CaptionPage.shownCount else {
            return [.heading(2, "Captions by \(key)"), table(ranked)]
        }
        return [
            .heading(2, "Best captions by \(key)"), table(Array(ranked.prefix(CaptionPage.shownCount))),
            .heading(2, "Worst captions by \(key)"), table(ranked.suffix(CaptionPage.shownCount).reversed()),
        ]
    }

    private func table(_ images: [CaptionEvaluation.Image]) -> HTML {
        SortableTable(header: ["image", "caption and references"] + keys, rows: images.map(row)).html
    }

    private func row(_ image: CaptionEvaluation.Image) -> [SortableTable.Cell] {
        let references = image.references.map { HTML.element("li", [:], [.text($0)]) }
        let caption = HTML.element("strong", [:], [.text(image.caption.isEmpty ? "(empty)" : image.caption)])
        let number: Double? = if case .number(let id) = image.id { Double(id) } else { nil }
        var cells = [SortableTable.Cell(picture(image) + [HTML.text("\(image.id)")], number: number)]
        cells.append(SortableTable.Cell([caption, HTML.element("ul", [:], references)]))
        for key in keys { cells.append(SortableTable.Cell(100 * (image.scores[key] ?? 0), digits: 1)) }
        return cells
    }

    private func picture(_ image: CaptionEvaluation.Image) -> [HTML] {
        guard let pictures, let name = image.fileName else { return [] }
        return pictureInPage(pictures.appendingPathComponent(name), image.caption)
    }

    private static func percent(_ value: Double) -> String { String(format: "%.2f", value * 100) }

    private static func interval(_ interval: ClosedRange<Double>) -> String {
        "\(percent(interval.lowerBound)) to \(percent(interval.upperBound))"
    }
}
