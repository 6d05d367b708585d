import Layers
import PFormer
import Tensors

/// The frozen P-Former as a teacher: it pulls what the Q-Former gives for an image towards the prompt for its caption.
public final class PromptTeacher: Sendable {
    /// The P-Former; frozen.
    public let pformer: PromptTransformer
    private let weight: Float

    /// A teacher whose loss counts `weight` times.
    init(_ pformer: PromptTransformer, weight: Float) {
        pformer.freeze()
        self.pformer = pformer
        self.weight = weight
    }

    /// The weighted mean squared distance of prompts, `[batch, prompts, languageWidth]`, from the teacher's.
    func loss(_ prompts: Tensor, sentences: MaskedTokens, _ context: Context) -> Tensor {
        let target = withoutGradients { pformer(sentences, context.frozen(.teacher).within("Pformer")) }
        precondition(
            prompts.shape == target.shape,
            "prompts of shape \(prompts.shape) cannot follow a teacher whose prompts have shape \(target.shape)")
        return prompts.meanSquaredError(to: target) * weight
    }
}
