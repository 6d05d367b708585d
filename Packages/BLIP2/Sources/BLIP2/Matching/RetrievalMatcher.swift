import Foundation
import Images
import Layers
import Tensors

/// Compares many pictures with many texts, a block at a time: similarities of vectors choose candidates, and the head that
/// sees picture and text together ranks them.
///
/// Follows `compute_sim_matrix` in `lavis/models/blip2_models/blip2_qformer.py` at 7e633e0; `RetrievalScores` is the same
/// with whole matrices.
public struct RetrievalMatcher: Sendable {
    /// The model with its tokenizer and picture processor.
    public let parts: ImageTextParts

    /// Quirk: for retrieval the reference reads 35 tokens of a text, though it trains with 32.
    public static let textLimit = 35

    /// A matcher of these parts, which reads texts of up to `textLimit` tokens.
    public init(_ parts: ImageTextParts, textLimit: Int = Self.textLimit) {
        self.parts = ImageTextParts(
            model: parts.model, tokenizer: parts.tokenizer, processor: parts.processor, textLimit: textLimit)
    }

    /// What pictures of any size are compared by: unit vectors, `[images, queries, contrastWidth]`.
    public func vectors(of images: [Image]) -> Tensor { parts.model.features(of: parts.pixels(images)).vectors }

    /// What texts are compared by: unit vectors, `[texts, contrastWidth]`.
    public func vectors(of texts: [String]) -> Tensor {
        withoutGradients { parts.model.textVectors(parts.tokens(texts), .evaluation()) }
    }

    /// The logit of a match of a picture, of any size, with each of some texts.
    ///
    /// - Parameter batchSize: how many pairs are seen together; it changes speed and memory alone.
    public func matchLogits(of image: Image, with texts: [String], batchSize: Int) -> [Float] {
        precondition(batchSize > 0, "a batch of \(batchSize) pairs")
        return withoutGradients {
            let model = parts.model
            let memory = model.look(at: parts.pixels([image]), .evaluation()).memory
            return stride(from: 0, to: texts.count, by: batchSize).flatMap { start -> [Float] in
                let some = Array(texts[start..<min(start + batchSize, texts.count)])
                let rows = IndexTensor(repeating: 0, shape: [some.count])
                let logits = model.matchLogits(memory.gathering(rows), parts.tokens(some), .evaluation()).scalars
                return some.indices.map { logits[2 * $0 + 1] }
            }
        }
    }
}
