import BERT
import Checkpoints
import LanguageModels
import Layers
import PFormer
import Tensors
import VisionEncoder

/// The model that a conversion makes: its weights, their names in the folder, and the folder's `config.json`.
struct ConversionTarget {
    /// The model, where it is one that can be opened from here.
    enum Model {
        case captioner(CaptionerConfiguration)
        case matcher(BLIP2Configuration)
        case other
    }

    /// What it is, for a reader.
    let description: String
    /// The model's sizes.
    var model = Model.other
    /// Names in LAVIS's dialect and shapes of all weights.
    let wanted: [(name: String, shape: Shape)]
    /// From LAVIS's names to those of the folder.
    let keys: KeyMap
    /// What checkpoints hold that the folder has no place for.
    let dispensable: [(prefix: String, reason: String)]
    /// Writes `config.json`.
    let writeConfiguration: @Sendable (ModelDirectory, WeightFormat) throws -> Void

    private static func weights(_ module: some Module, prefix: String = "") -> [(name: String, shape: Shape)] {
        module.namedParameters.map { (prefix + $0.name, $0.parameter.shape) }
    }

    /// A captioner.
    static func captioner(_ configuration: CaptionerConfiguration) -> ConversionTarget {
        let language = configuration.language.model(weights: .unset)
        let model = VisionLanguageModel(configuration.blip2, language: language, weights: .unset)
        return ConversionTarget(
            description: "a captioner, as Blip2ForConditionalGeneration of transformers opens it",
            model: .captioner(configuration),
            wanted: weights(model), keys: HuggingFaceKeys.captioner(language.family), dispensable: [],
            writeConfiguration: { try $0.write(configuration, kind: ModelKind.captioner, storedAs: $1) })
    }

    /// A matcher.
    static func matcher(_ configuration: BLIP2Configuration) -> ConversionTarget {
        let model = RepresentationModel(configuration, ids: .bertBaseUncased, weights: .unset)
        let dispensable: [(prefix: String, reason: String)] = [
            ("temp", reason: "the temperature of contrast, for which transformers has no place"),
            ("Qformer.cls.predictions.", "the head that writes texts, for which transformers has no place"),
            ("opt_proj.", "the map to prompts of training with a P-Former"),
            ("t5_proj.", "the map to prompts of training with a P-Former"),
        ]
        return ConversionTarget(
            description: "a matcher, as Blip2ForImageTextRetrieval of transformers opens it",
            model: .matcher(configuration),
            wanted: weights(model).filter { weight in !dispensable.contains { weight.name.hasPrefix($0.prefix) } },
            keys: HuggingFaceKeys.retrieval, dispensable: dispensable,
            writeConfiguration: {
                try $0.write(RetrievalConfiguration(configuration), kind: ModelKind.captioner, storedAs: $1)
            })
    }

    /// A P-Former, in this library's own layout.
    static func prompts(_ configuration: PFormerConfiguration) -> ConversionTarget {
        let model = PromptTransformer(
            configuration, contrast: PromptContrast(configuration, weights: .unset), weights: .unset)
        return ConversionTarget(
            description: "a P-Former, as the recipes of stages 1 and 2 open it",
            wanted: weights(model, prefix: "Pformer."), keys: KeyMap([]),
            dispensable: [
                ("opt_model.", "the frozen language model"), ("t5_model.", "the frozen language model"),
            ],
            writeConfiguration: { try $0.write(configuration, kind: ModelKind.promptTransformer, storedAs: $1) })
    }

    /// An image encoder, in this library's own layout.
    static func vision(_ configuration: ViTConfiguration) -> ConversionTarget {
        let model = VisionTransformer(configuration, weights: .unset)
        return ConversionTarget(
            description: "an image encoder, as recipes open it", wanted: weights(model, prefix: "visual_encoder."),
            keys: KeyMap([]), dispensable: [],
            writeConfiguration: { try $0.write(configuration, kind: ModelKind.vision, storedAs: $1) })
    }

    /// A BERT, with the map of its first token's state if the checkpoint has it.
    static func bert(_ configuration: BERTConfiguration, hasPooler: Bool) -> ConversionTarget {
        let model: any Module =
            hasPooler
            ? BERTModel(configuration, weights: .unset) : BERTEncoder(configuration, weights: .unset)
        return ConversionTarget(
            description: "a BERT, as BertModel of transformers opens it", wanted: weights(model, prefix: "bert."),
            keys: KeyMap([.rename("bert.**", "**")]),
            dispensable: [("cls.", "the heads of pre-training, which nothing here asks")],
            writeConfiguration: { try $0.write(configuration, kind: ModelKind.bert, storedAs: $1) })
    }

    /// A language model of its own.
    static func language(_ configuration: LanguageConfiguration, _ tokens: LanguageTokens) -> ConversionTarget {
        let model = configuration.model(weights: .unset)
        let prefix = "\(model.family)_model."
        return ConversionTarget(
            description: "a language model, as transformers opens it", wanted: weights(model, prefix: prefix),
            keys: KeyMap([.rename("\(prefix)**", "**")]), dispensable: [],
            writeConfiguration: { folder, type in
                let kind = if case .opt = configuration { ModelKind.opt } else { ModelKind.t5 }
                try folder.write(TextDescription(configuration, tokens), kind: kind, storedAs: type)
            })
    }
}

extension ModelDirectory {
    /// Writes `config.json` with the type that the weights are stored in.
    func write(_ configuration: some Encodable, kind: String, storedAs format: WeightFormat) throws {
        let described = Described(
            kind: kind, storedType: (format.scalarType ?? .float32).rawValue,
            quantization: format == .int8 ? .int8 : nil, configuration: configuration)
        try write(described, to: "config.json")
    }
}
