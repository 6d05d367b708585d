import Layers
import PFormer
import Tensors

/// The share of a target that contrastive and captioning losses spread over all classes.
let labelSmoothing: Float = 0.1

/// How much rows differ from the class that is theirs: the cross-entropy of similarities `[rows, candidates]`, smoothed,
/// where the first row belongs to candidate `first`, and each other one to the next.
func contrastiveLoss(_ similarities: Tensor, first: Int = 0) -> Tensor {
    let rows = similarities.shape[0]
    let own = IndexTensor((first..<first + rows).map { Int32($0) }, shape: [rows])
    return similarities.crossEntropy(own, smoothing: labelSmoothing)
}

extension PromptContrast {
    /// How much sentence vectors, `[batch, width]`, differ from their own among all of the batch.
    ///
    /// Quirk: the positive of a sentence is its own vector, not another view of it, and the vectors it is compared
    /// with get no gradient, as if they came from another process.
    func loss(of sentence: Tensor, _ context: Context) -> Tensor {
        let vectors = self(sentence, context)
        return contrastiveLoss(
            vectors.matrixProduct(context.gatheredConstants(vectors), transposingOther: true) / temperature.value,
            first: context.firstRow(ofRows: vectors.shape[0]))
    }
}
