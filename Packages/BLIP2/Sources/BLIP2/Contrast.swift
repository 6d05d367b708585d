import Tensors

/// The share of a target that contrastive and captioning losses spread over all classes.
let labelSmoothing: Float = 0.1

/// How much rows differ from the class that is theirs: the cross-entropy of similarities `[rows, candidates]`, smoothed,
/// where row `i` belongs to candidate `i`.
func contrastiveLoss(_ similarities: Tensor) -> Tensor {
    let own = IndexTensor((0..<Int32(similarities.shape[0])).map { $0 }, shape: [similarities.shape[0]])
    return similarities.crossEntropy(own, smoothing: labelSmoothing)
}
