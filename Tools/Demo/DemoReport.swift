import EvaluationMetrics
import Foundation
import Reports

/// The demo's results as a page, with the first three test pictures and what both captioners say about them.
struct DemoReport {
    let results: DemoResults
    let world: JudgedWorld
    let command: String?

    /// The page; the pictures lie in it. Throws the system's error for a picture that cannot be read.
    var page: HTMLPage {
        get throws {
            let count = results.pformer.evaluation.report.count
            var body: [HTML] = [
                .heading(1, "Captions of a small world"),
                .paragraph(
                    "\(count) pictures that no training has seen, of shapes in colours and textures that never occurred "
                        + "together. Both captioners had the same stages and steps; one was also pulled towards the "
                        + "prompts of a P-Former, which learned from sentences alone. Scores in per cent."),
                .table(header: ["", "with P-Former", "without"], rows: results.rows),
                .paragraph(results.sentence),
                .paragraph(
                    "Swapped: each picture gets the caption of the next one that shows other objects; what is left is "
                        + "what captions owe to the language and not to the picture. Right: the caption names at least one "
                        + "colour and shape, and none that is not in the picture."),
                .heading(2, "The first three"),
            ]
            let images = zip(results.pformer.evaluation.images, results.baseline.evaluation.images)
            body += try images.prefix(3).map(example)
            if let command {
                body += [.heading(2, "A picture of your own"), .code(command)]
            }
            return HTMLPage(title: "Captions of a small world", body: body)
        }
    }

    private func example(_ pformer: CaptionEvaluation.Image, _ baseline: CaptionEvaluation.Image) throws -> HTML {
        let name = pformer.fileName ?? ""
        let bytes = [UInt8](try Data(contentsOf: world.images.appendingPathComponent(name)))
        let type = name.hasSuffix(".png") ? "image/png" : "image/jpeg"
        let lines =
            [("with P-Former", pformer.caption), ("without", baseline.caption)]
            + pformer.references.map { ("reference", $0) }
        return .element(
            "figure", [:],
            [
                .image(bytes, type: type, description: name, width: 192),
                .element(
                    "figcaption", [:],
                    lines.map { .element("div", [:], [.element("b", [:], [.text("\($0): ")]), .text($1)]) }),
            ])
    }
}
