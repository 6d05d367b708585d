import EvaluationMetrics
import Foundation
import SmallWorld

/// The test pictures of a small world: references and what is to be seen.
struct JudgedWorld {
    let images: URL
    let references: CaptionReferences
    /// What each picture shows, in the order of the references.
    let shown: [Set<CaptionJudge.Pair>]

    init(folder: URL) throws {
        images = folder.appendingPathComponent("images")
        references = try CaptionReferences(
            contentsOf: folder.appendingPathComponent("annotations/coco_karpathy_test.json"))
        let labels = try PictureLabels(contentsOf: folder.appendingPathComponent("labels.json"))
        shown = try references.images.map { try labels.pairs(in: $0.fileName ?? "") }
    }
}
