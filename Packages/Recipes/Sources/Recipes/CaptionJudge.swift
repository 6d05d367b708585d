import BLIP2
import Evaluation
import EvaluationMetrics
import Foundation
import Images
import JSON
import Tensors
import Training

/// Judges a captioner by what it writes of some pictures, always the same: BLEU, ROUGE-L and CIDEr-D under
/// pycocoevalcap's names, and their aggregate `agg_metrics`, CIDEr + Bleu_4.
struct CaptionJudge {
    private let generation: CaptionGeneration
    private let references: CaptionReferences
    private let folder: URL
    private static let sampleCount = 4
    private static let sampleSide = 224

    /// A judge by `count` pictures of a list, or all of them if there are fewer.
    ///
    /// - Throws: `JSONError` or `FileError` that names the list.
    init(_ captioner: Captioner, _ list: EvaluationListSection, count: Int, options: Captioner.Options) throws {
        let all = try CaptionReferences(contentsOf: list.annotations)
        guard all.images.count > 1, all.images.allSatisfy({ !$0.captions.isEmpty }) else {
            throw FileError(file: list.annotations.path, problem: "wanted at least two pictures, each with captions")
        }
        var draws = RandomSequence(RandomKey(seed: 0).child("judged pictures"))
        references = CaptionReferences(Array(all.images.shuffled(using: &draws).prefix(count)), name: all.name)
        generation = CaptionGeneration(captioner, options: options)
        folder = list.images
    }

    /// Writes the captions and scores them.
    ///
    /// - Throws: `ImageError` that names a picture; `CaptionLengthError`.
    func judge() throws -> Judgement {
        let predictions = try generation.predictions(for: references, imagesIn: folder)
        let report = try CaptionEvaluation(predictions: predictions, references: references).report
        var numbers = report.scores.compactMap { score in score.value.map { (name: score.key, value: $0) } }
        if let aggregate = report.aggregate { numbers.append(("agg_metrics", aggregate)) }
        let samples = try zip(references.images, predictions.captions).prefix(Self.sampleCount).map {
            try sample($0.fileName ?? "", $1.caption)
        }
        return Judgement(numbers, samples: samples)
    }

    private func sample(_ name: String, _ text: String) throws -> Judgement.Sample {
        let image = try Image(contentsOf: folder.appendingPathComponent(name))
        let scale = min(1, Double(Self.sampleSide) / Double(max(image.width, image.height)))
        let small = image.resized(
            width: max(1, Int((Double(image.width) * scale).rounded())),
            height: max(1, Int((Double(image.height) * scale).rounded())), filter: .bicubic)
        return Judgement.Sample(
            name: name, text: text,
            picture: Judgement.Picture(png: try small.png(), width: small.width, height: small.height))
    }
}
