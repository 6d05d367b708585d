import Layers
import PFormer
import Tensors

/// Stage 1 with a P-Former: what the queries see of an image is also pulled towards the prompt for its caption.
///
/// Follows `lavis/models/blip2_models/blip2_qformer_pformer.py` at 7e633e0.
public final class AlignedRepresentationModel: Module {
    /// The model that is trained, but for the projection.
    public let base: RepresentationModel
    /// To the width of the language model; stage 2 starts from it.
    public let projection: Linear
    private let teacher: PromptTeacher

    /// A model with a teacher, which is frozen.
    ///
    /// - Parameters:
    ///   - base: the model without a teacher
    ///   - teacher: a pretrained P-Former
    ///   - weight: of the alignment loss
    ///   - weights: where the first values of the projection come from
    public init(
        _ base: RepresentationModel, teacher: PromptTransformer, weight: Float, weights: InitialWeights
    ) {
        self.base = base
        self.teacher = PromptTeacher(teacher, weight: weight)
        projection = Linear(
            inputs: base.images.queries.shape[2], outputs: teacher.languageWidth, weights: weights.child("opt_proj"))
    }

    /// The names of the reference's checkpoints.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["": base, "opt_proj": projection, "Pformer": teacher.pformer]
    }

    /// What a checkpoint of the reference holds beside the weights: copies of tied ones, and position numbers.
    public static let loadPolicy = LoadPolicy(
        unexpected: RepresentationModel.loadPolicy.unexpected + ["Pformer.embeddings.position_ids"])

    /// The losses of stage 1, and the distance from the teacher's prompts.
    public func losses(on batch: PairBatch, _ context: Context) -> Losses {
        let seen = base.look(at: batch.pixels, context)
        var losses = base.losses(of: seen, sentences: batch.sentences, context)
        let prompts = context.within("opt_proj").record(projection(seen.queries.hidden))
        losses.append("loss_align", teacher.loss(prompts, sentences: batch.sentences, context))
        return losses
    }
}
