import Layers
import PFormer
import Tensors

/// Stage 2 without its point: the prompt for an image only follows the prompt for its caption, and the language model
/// is not asked. An ablation that shows what alignment alone does.
///
/// Follows `lavis/models/blip2_models/blip2_pformer.py` at 7e633e0.
public final class PromptAlignment: Module {
    /// The model that is trained, and that is kept.
    public let base: VisionLanguageModel
    private let teacher: PromptTeacher

    /// A model with a teacher, which is frozen. Quirk: the alignment loss counts once, whatever weight is configured.
    public init(_ base: VisionLanguageModel, teacher: PromptTransformer) {
        self.base = base
        self.teacher = PromptTeacher(teacher, weight: 1)
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> { ["": base, "Pformer": teacher.pformer] }

    /// What a checkpoint of the reference holds beside the weights: copies of tied ones, and position numbers.
    public static let loadPolicy = AlignedVisionLanguageModel.loadPolicy

    /// The distance from the teacher's prompts.
    ///
    /// - Parameters:
    ///   - pixels: `[batch, 3, size, size]`
    ///   - sentences: the captions in the P-Former's tokens
    public func losses(pixels: Tensor, sentences: MaskedTokens, _ context: Context) -> Losses {
        let prompts = base.prompts(for: pixels, context)
        return Losses(["loss_align": teacher.loss(prompts, sentences: sentences, context)])
    }
}
