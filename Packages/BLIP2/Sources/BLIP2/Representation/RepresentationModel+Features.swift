import Layers
import QFormer
import Tensors

/// What the Q-Former makes of images or texts, and the unit vectors that it compares them by.
public struct Features: Sendable {
    /// Of an image a row for each query, of a text a row for each token: `[batch, rows, width]`
    public let hidden: Tensor
    /// The same as unit vectors for comparison, `[batch, rows, contrastWidth]`
    public let vectors: Tensor
}

extension RepresentationModel {
    /// What the queries see of images: pixels `[batch, 3, size, size]`.
    public func features(of pixels: Tensor) -> Features {
        withoutGradients {
            let hidden = look(at: pixels, .evaluation()).queries.hidden
            return Features(hidden: hidden, vectors: imageVectors(hidden, .evaluation()))
        }
    }

    /// What the Q-Former makes of texts on their own; the first token stands for the whole text.
    public func features(of texts: MaskedTokens) -> Features {
        withoutGradients {
            let hidden = qformer.text(texts, .evaluation())
            return Features(hidden: hidden, vectors: textVectors(of: hidden, .evaluation()))
        }
    }

    /// What the queries see of images with a text each: `[batch, queries, width]`.
    public func features(of pixels: Tensor, with texts: MaskedTokens) -> Tensor {
        withoutGradients {
            let memory = look(at: pixels, .evaluation()).memory
            return qformer.matched(images.queries.value, text: texts, image: memory, .evaluation())
        }
    }

    /// The logits of "does not match" and "matches" for images with a text each: `[batch, 2]`. Their softmax is the
    /// probability of a match.
    public func matchLogits(_ pixels: Tensor, _ texts: MaskedTokens) -> Tensor {
        withoutGradients { matchLogits(look(at: pixels, .evaluation()).memory, texts, .evaluation()) }
    }

    /// How similar each image is to each text: the best cosine of the image's queries, `[images, texts]`.
    public func similarities(of pixels: Tensor, to texts: MaskedTokens) -> Tensor {
        withoutGradients {
            let vectors = imageVectors(look(at: pixels, .evaluation()).queries.hidden, .evaluation())
            return bestCosines(of: vectors, to: textVectors(texts, .evaluation()))
        }
    }
}
