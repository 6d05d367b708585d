import EvaluationMetrics
import Foundation
import Reports

/// A page about answers: the accuracy as a whole and by kind, and some of the questions with their pictures.
struct AnswerPage {
    private let answers: AnsweredQuestions

    init(_ answers: AnsweredQuestions) { self.answers = answers }

    var page: HTMLPage {
        var body: [HTML] = [.heading(1, "Answers")]
        if let report = answers.report { body += summary(report) } else { body.append(.paragraph(answers.table + ".")) }
        body += [.heading(2, "Questions"), .paragraph("Some of them, at equal distances in the list."), table]
        return HTMLPage(title: "Answers", body: body, isSortable: true)
    }

    private func summary(_ report: AnswerReport) -> [HTML] {
        let whole = [
            "all", Self.percent(report.accuracy),
            report.interval.map { "\(Self.percent($0.lowerBound)) to \(Self.percent($0.upperBound))" } ?? "–",
            String(report.count),
        ]
        let groups = report.groups.flatMap(\.groups).map {
            [$0.name, Self.percent($0.accuracy), "–", String($0.count)]
        }
        return [.table(header: ["in per cent", "accuracy", "95 % interval", "questions"], rows: [whole] + groups)]
    }

    private var table: HTML {
        let rows = evenlySpaced(answers.items.count).map { place -> [SortableTable.Cell] in
            let item = answers.items[place]
            let file = URL(fileURLWithPath: item.question.picture.description)
            let truth = item.truth.map { $0.count == 1 ? $0.answer : "\($0.answer) (\($0.count))" }
            return [
                SortableTable.Cell(pictureInPage(file, item.question.text) + [.text("\(item.question.id)")]),
                SortableTable.Cell(item.question.text),
                SortableTable.Cell([.element("strong", [:], [.text(item.answer.isEmpty ? "(empty)" : item.answer)])]),
                SortableTable.Cell(truth.joined(separator: ", ")), SortableTable.Cell(item.type),
                item.accuracy.map { SortableTable.Cell(100 * $0, digits: 1) } ?? SortableTable.Cell("–"),
            ]
        }
        return SortableTable(
            header: ["picture", "question", "answer", "what people answered", "type", "accuracy"], rows: rows
        ).html
    }

    private static func percent(_ value: Double) -> String { String(format: "%.2f", value) }
}
