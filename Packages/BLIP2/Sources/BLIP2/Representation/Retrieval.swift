import Layers
import QFormer
import Tensors

/// How well each of many images fits each of many texts: similarities choose candidates, and matching ranks them.
///
/// Follows `compute_sim_matrix` in `lavis/models/blip2_models/blip2_qformer.py` at 7e633e0.
public struct RetrievalScores: Sendable {
    /// `[images, texts]`; `notACandidate` for texts that similarity ruled out.
    public let imagesToTexts: Tensor
    /// `[texts, images]`
    public let textsToImages: Tensor

    /// The score of what similarity ruled out.
    public static let notACandidate: Float = -100

    /// Scores all pairs.
    ///
    /// - Parameters:
    ///   - pixels: the images, `[images, 3, size, size]`
    ///   - texts: the texts
    ///   - model: a model of stage 1
    ///   - candidateCount: how many of the most similar are matched; each gets its similarity and the logit of a match
    public init(_ pixels: Tensor, _ texts: MaskedTokens, model: RepresentationModel, candidateCount: Int) {
        (imagesToTexts, textsToImages) = withoutGradients {
            let seen = model.look(at: pixels, .evaluation())
            let images = model.imageVectors(seen.queries.hidden, .evaluation())
            let sentences = model.textVectors(texts, .evaluation())
            let toTexts = bestCosines(of: images, to: sentences)
            let toImages = bestCosines(of: sentences, toImages: images)
            let ranking = Ranking(model: model, memory: seen.memory, texts: texts, candidateCount: candidateCount)
            return (
                ranking.scores(toTexts) { image, text in (image, text) },
                ranking.scores(toImages) { text, image in (image, text) }
            )
        }
    }

    /// Matches the most similar pairs of each row.
    private struct Ranking {
        let model: RepresentationModel
        let memory: ImageMemory
        let texts: MaskedTokens
        let candidateCount: Int

        /// Scores `[rows, columns]` for similarities of the same shape; a row and a column make a pair of image and text.
        func scores(_ similarities: Tensor, pair: (Int, Int) -> (image: Int, text: Int)) -> Tensor {
            let (rows, columns) = (similarities.shape[0], similarities.shape[1])
            let all = similarities.scalars
            return Tensor(shape: similarities.shape) { scores in
                scores.update(repeating: RetrievalScores.notACandidate)
                for row in 0..<rows {
                    let own = all[row * columns..<(row + 1) * columns]
                    let candidates = own.indices.sorted { (own[$1], $0) < (own[$0], $1) }.prefix(candidateCount)
                    let logits = matchLogits(candidates.map { pair(row, $0 - row * columns) })
                    for (place, logit) in zip(candidates, logits) { scores[place] = own[place] + logit }
                }
            }
        }

        private func matchLogits(_ pairs: [(image: Int, text: Int)]) -> [Float] {
            func rows(_ numbers: [Int]) -> IndexTensor { IndexTensor(numbers.map(Int32.init), shape: [numbers.count]) }
            let logits = model.matchLogits(
                memory.gathering(rows(pairs.map(\.image))), texts.gathering(rows(pairs.map(\.text))), .evaluation())
            return stride(from: 1, to: logits.count, by: 2).map { logits.scalars[$0] }
        }
    }
}
