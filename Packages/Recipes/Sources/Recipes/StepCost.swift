import BLIP2
import LanguageModels
import Layers
import PFormer
import Tensors
import VisionEncoder

/// What a step on one sample costs, estimated from the sizes of the matrices that its tokens go through. Attention between
/// tokens, norms and embeddings are left out; with the published models they are some percent.
struct StepCost {
    /// How gradients go through a part.
    enum Gradients {
        /// Not at all.
        case none
        /// Through it to what stands before it; its weights get none.
        case through
        /// To its weights as well.
        case full
        /// The same, and what it had computed is computed again.
        case recomputed

        /// Products for each token and matrix element, forward and back.
        fileprivate var passes: Int {
            switch self {
            case .none: 1
            case .through: 2
            case .full: 3
            case .recomputed: 4
            }
        }

        /// How many times the output of each matrix is kept for the way back, with what norms and activations keep.
        fileprivate var copies: Double {
            switch self {
            case .none: 0
            case .through: 1.5
            case .full: 2.5
            case .recomputed: 0.3
            }
        }
    }

    /// Multiplications and additions of a sample.
    private(set) var operations = 0.0
    /// Bytes that a sample keeps for the way back.
    private(set) var keptBytes = 0.0

    /// Adds a part of a model.
    ///
    /// - Parameters:
    ///   - weights: its parameters
    ///   - fits: which of them, by name
    ///   - tokens: how many vectors of a sample go through its matrices
    ///   - gradients: how gradients go through it
    mutating func add(
        _ weights: [NamedParameter], where fits: (String) -> Bool = { _ in true }, tokens: Int, _ gradients: Gradients
    ) {
        for (name, weight) in weights where weight.shape.rank >= 2 && !name.contains("embed") && fits(name) {
            let (elements, outputs) = (Double(weight.shape.count), Double(weight.shape[0]))
            operations += 2 * elements * Double(tokens * gradients.passes)
            keptBytes += 4 * outputs * Double(tokens) * gradients.copies
        }
    }

    /// Adds a head with this many rows over vectors of a width, whose logits and their gradient are kept.
    mutating func addHead(rows: Int, width: Int, tokens: Int, _ gradients: Gradients) {
        operations += 2 * Double(rows * width) * Double(tokens * gradients.passes)
        keptBytes += 2 * 4 * Double(rows * tokens)
    }

    static func + (one: StepCost, other: StepCost) -> StepCost {
        var sum = one
        sum.operations += other.operations
        sum.keptBytes += other.keptBytes
        return sum
    }
}

extension StepCost {
    /// Stage 2 in its forms.
    static func captioning(
        _ model: VisionLanguageModel, _ section: CaptioningSection, asksLanguage: Bool
    ) -> StepCost {
        var cost = StepCost()
        let queries = model.images.queries.shape[1]
        cost.add(
            model.images.encoder.namedParameters, tokens: model.images.encoder.configuration.tokenCount,
            section.freezesVision ? .none : section.recomputesVision ? .recomputed : .full)
        cost.addQueries(
            model.qformer.namedParameters, queries, imageTokens: model.images.encoder.configuration.tokenCount)
        cost.add(model.projection.namedParameters, tokens: queries, .full)
        if asksLanguage {
            cost.add(model.language, tokens: queries + section.textLimit.count, texts: section.textLimit.count)
        }
        return cost
    }

    /// Stage 1: queries alone, text alone, both together three times, and the text that is written.
    static func representation(_ model: RepresentationModel, _ textLimit: Int) -> StepCost {
        var cost = StepCost()
        let queries = model.images.queries.shape[1]
        let imageTokens = model.images.encoder.configuration.tokenCount
        cost.add(model.images.encoder.namedParameters, tokens: imageTokens, .none)
        let weights = model.qformer.namedParameters
        for _ in 0..<4 { cost.addQueries(weights, queries, imageTokens: imageTokens) }
        cost.add(
            weights, where: { !$0.contains("_query.") && !$0.contains("crossattention") }, tokens: 5 * textLimit, .full)
        let words = weights.first { $0.name.hasSuffix("word_embeddings.weight") }?.parameter.shape
        if let words { cost.addHead(rows: words[0], width: words[1], tokens: textLimit, .full) }
        return cost
    }

    /// The P-Former that shows what prompts should be.
    static func teacher(_ model: PromptTransformer) -> StepCost { prompts(model, .none) }

    /// Stage 0.
    static func promptPretraining(
        _ pformer: PromptTransformer, _ language: any LanguageModel, textLimit: Int, _ queries: Int
    ) -> StepCost {
        var cost = prompts(pformer, .full)
        cost.add(language, tokens: queries + textLimit, texts: textLimit)
        return cost
    }

    /// The small world's image encoder.
    static func visionBackbone(
        _ stage: VisionContrast, _ vision: ViTConfiguration, textLimit: Int
    ) -> StepCost {
        var cost = StepCost()
        cost.add(stage.encoder.namedParameters, tokens: vision.tokenCount, .full)
        cost.add(stage.text.namedParameters, tokens: textLimit, .full)
        return cost
    }

    /// The small world's language model.
    static func languageBackbone(_ model: OPT, vocabularyCount: Int, _ length: Int) -> StepCost {
        var cost = StepCost()
        cost.add(model.namedParameters, tokens: length, .full)
        cost.addHead(rows: vocabularyCount, width: model.width, tokens: length, .full)
        return cost
    }

    /// The small world's T5, whose texts are at most so long; what it writes is shorter by far.
    static func languageBackbone(_ model: T5, _ length: Int) -> StepCost {
        var cost = StepCost()
        cost.add(model.namedParameters, where: { $0.hasPrefix("encoder.") }, tokens: length, .full)
        cost.add(model.namedParameters, where: { $0.hasPrefix("decoder.") }, tokens: length / 3, .full)
        cost.addHead(rows: model.configuration.vocabularyCount, width: model.width, tokens: length / 3, .full)
        return cost
    }

    private static func prompts(_ model: PromptTransformer, _ gradients: Gradients) -> StepCost {
        var cost = StepCost()
        let heads = { (name: String) in name.hasPrefix("cls_proj") || name.hasPrefix("text_proj") }
        cost.add(model.namedParameters, where: heads, tokens: 1, gradients)
        let prompts = model.namedParameters.first { $0.name == "cls_proj.weight" }?.parameter.shape
        let count = prompts.map { $0[0] / $0[1] } ?? 0
        cost.add(model.namedParameters, where: { !heads($0) }, tokens: count, gradients)
        return cost
    }

    /// Queries through a Q-Former; keys and values of the picture are made of all its vectors.
    private mutating func addQueries(_ weights: [NamedParameter], _ queries: Int, imageTokens: Int) {
        let looks = { (name: String) in
            name.contains("crossattention.self.key") || name.contains("crossattention.self.value")
        }
        let writes = { (name: String) in
            name.contains("cls.") || name.contains(".intermediate.") || name.contains(/layer\.\d+\.output\./)
        }
        add(weights, where: looks, tokens: imageTokens, .full)
        add(weights, where: { !looks($0) && !writes($0) }, tokens: queries, .full)
    }

    /// A frozen language model that gradients go through, and its head over the text.
    private mutating func add(_ language: any LanguageModel, tokens: Int, texts: Int) {
        add(language.namedParameters, tokens: tokens, .through)
        let words = language.namedParameters.first { $0.name.contains("embed") || $0.name == "shared.weight" }
        if let rows = words?.parameter.shape[0] {
            addHead(rows: rows, width: language.width, tokens: texts, .through)
        }
    }
}
