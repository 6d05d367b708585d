import Layers
import PFormer
import Tensors

/// Stage 2 with a P-Former: the prompt for an image is also pulled towards the prompt for its caption.
///
/// Follows `lavis/models/blip2_models/blip2_pformer_opt.py` and `blip2_pformer_t5.py` at 7e633e0.
public final class AlignedVisionLanguageModel: Module {
    /// The model that is trained, and that is kept.
    public let base: VisionLanguageModel
    private let teacher: PromptTeacher

    /// A model with a teacher, which is frozen.
    ///
    /// - Parameters:
    ///   - base: the model without a teacher
    ///   - teacher: a pretrained P-Former
    ///   - weight: of the alignment loss
    public init(_ base: VisionLanguageModel, teacher: PromptTransformer, weight: Float) {
        self.base = base
        self.teacher = PromptTeacher(teacher, weight: weight)
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> { ["": base, "Pformer": teacher.pformer] }

    /// What a checkpoint of the reference holds beside the weights: a copy of a tied one, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: VisionLanguageModel.loadPolicy.unexpected + ["Pformer.embeddings.position_ids"])

    /// The loss of stage 2, and the distance from the teacher's prompts.
    public func losses(on batch: AlignedCaptionBatch, _ context: Context) -> Losses {
        let prompts = base.prompts(for: batch.captions.pixels, context)
        var losses = base.losses(of: prompts, batch.captions.target, context)
        losses.append("loss_align", teacher.loss(prompts, sentences: batch.sentences, context))
        return losses
    }
}
