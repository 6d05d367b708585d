import Layers
import Tensors

/// How similar each image is to each text of a batch.
struct Similarities {
    /// `[images, texts]`
    let toTexts: Tensor
    /// `[texts, images]`
    let toImages: Tensor
}

/// A wrong image for each text and a wrong text for each image, more likely the more similar they are; by their numbers
/// among those of all processes.
struct HardNegatives {
    /// For each text, `[batch]`
    let images: IndexTensor
    /// For each image, `[batch]`
    let texts: IndexTensor

    /// Added to every probability, so that no candidate is impossible.
    private static let floor: Float = 1e-4

    init(_ similarities: Similarities, _ context: Context) {
        images = Self.draw(similarities.toImages, context)
        texts = Self.draw(similarities.toTexts, context)
    }

    /// One candidate for each row of similarities `[batch, candidates of all processes]`, never its own.
    private static func draw(_ similarities: Tensor, _ context: Context) -> IndexTensor {
        let first = context.firstRow(ofRows: similarities.shape[0])
        var weights = withoutGradients { similarities.detached().softmax() + floor }
        let candidates = weights.shape[1]
        precondition(candidates > 1, "a batch of one pair has no negatives")
        weights.withMutableScalars { weights in
            for row in 0..<weights.count / candidates { weights[row * candidates + first + row] = 0 }
        }
        return context.draws.multinomial(weights, key: context.nextKey(), firstSample: context.firstSample)
    }
}
