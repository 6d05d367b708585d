import Configuration
import PFormer

/// What a recipe trains, by the reference's names where it has one.
enum Architecture: String, CaseIterable, ConfigurationValue {
    /// A small image encoder and a small BERT, by contrast.
    case visionBackbone = "vision_backbone"
    /// A small OPT, on sentences.
    case languageBackbone = "language_backbone"
    /// A small T5, on sentences.
    case languageBackboneT5 = "language_backbone_t5"
    /// Stage 0: the P-Former, in front of OPT.
    case promptPretraining = "pformer_opt"
    /// Stage 0 in front of T5.
    case promptPretrainingT5 = "pformer_t5"
    /// Stage 1 without a P-Former.
    case representation = "blip2"
    /// Stage 1 with a P-Former.
    case alignedRepresentation = "blip2_pformer"
    /// Stage 2 and caption fine-tuning without a P-Former.
    case captioning = "blip2_opt"
    /// Stage 2 and caption fine-tuning without a P-Former, in front of T5.
    case captioningT5 = "blip2_t5"
    /// Stage 2 and caption fine-tuning with a P-Former.
    case alignedCaptioning = "blip2_pformer_opt"
    /// Stage 2 and caption fine-tuning with a P-Former, in front of T5.
    case alignedCaptioningT5 = "blip2_pformer_t5"
    /// Stage 2 by alignment alone.
    case promptAlignment = "blip2_pformer_align"

    /// The kind of language model that the stage stands in front of.
    var languageFamily: PFormerConfiguration.Family {
        switch self {
        case .languageBackboneT5, .promptPretrainingT5, .captioningT5, .alignedCaptioningT5: .t5
        default: .opt
        }
    }
}

extension ConfigurationDocument {
    /// The recipe of an architecture, read from this document.
    func recipe(_ architecture: Architecture) throws -> any Recipe {
        switch architecture {
        case .visionBackbone: try decode(VisionBackboneRecipe.self)
        case .languageBackbone: try decode(LanguageBackboneRecipe.self)
        case .languageBackboneT5: try decode(EncoderDecoderBackboneRecipe.self)
        case .promptPretraining, .promptPretrainingT5: try decode(PromptPretrainingRecipe.self)
        case .representation: try decode(RepresentationRecipe.self)
        case .alignedRepresentation: try decode(AlignedRepresentationRecipe.self)
        case .captioning, .captioningT5: try decode(CaptioningRecipe.self)
        case .alignedCaptioning, .alignedCaptioningT5: try decode(AlignedCaptioningRecipe.self)
        case .promptAlignment: try decode(PromptAlignmentRecipe.self)
        }
    }
}
