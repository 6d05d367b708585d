import Configuration
import Layers
import PFormer

/// What all forms of stage 2 ask for under `model`.
struct CaptioningSection {
    let family: PFormerConfiguration.Family
    let pretrained: String
    /// The image encoder, for a `pretrained` that lacks it.
    let vision: String?
    let bert: String
    let language: String
    let freezesVision: Bool
    let recomputesVision: Bool
    let prompt: String
    let textLimit: TextLimit

    init(from section: ConfigurationSection) throws {
        family = try section.required("arch", as: Architecture.self).languageFamily
        pretrained = try section.required("pretrained")
        vision = try section.optional("vit_model")
        bert = try section.required("bert_model")
        language = try section.required("\(family.rawValue)_model")
        freezesVision = try section.value("freeze_vit", default: true)
        recomputesVision = try section.value("use_grad_checkpoint", default: false)
        prompt = try section.value("prompt", default: "")
        textLimit = try TextLimit(from: section)
    }

    /// The context of a pass, with what memory asks for.
    func context(_ context: Context) -> Context { recomputesVision ? context.recomputing : context }
}

/// Stage 2 without a P-Former.
struct PlainCaptioningSection: Configurable {
    let base: CaptioningSection

    init(from section: ConfigurationSection) throws { base = try CaptioningSection(from: section) }
}

/// Stage 2 with a P-Former.
struct AlignedCaptioningSection: Configurable {
    let base: CaptioningSection
    let teacher: String
    let lossWeight: Float

    init(from section: ConfigurationSection) throws {
        base = try CaptioningSection(from: section)
        teacher = try section.required("pretrained_stage0")
        lossWeight = try section.value("loss_weight", default: 1)
    }
}
