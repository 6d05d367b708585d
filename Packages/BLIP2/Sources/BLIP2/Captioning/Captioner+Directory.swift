import Checkpoints
import Foundation
import Images
import LanguageModels
import Layers
import Tensors
import TextTokenizers

extension Captioner {
    /// Opens a captioner's folder: `config.json`, `model.safetensors`, `preprocessor_config.json`,
    /// `generation_config.json` and the language model's tokenizer files.
    ///
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(directory: URL) throws {
        let folder = ModelDirectory(directory)
        let configuration = try folder.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        let model = VisionLanguageModel(
            configuration.blip2, language: OPT(configuration.language, weights: .unset), weights: .unset)
        model.freeze()
        try model.load(huggingFace: folder.weights())
        var processor = try EvaluationProcessor(directory: directory)
        processor.size = configuration.vision.imageSize
        let generation = try folder.settings(GenerationSettings.self, in: "generation_config.json")
        self.init(
            model: model, tokenizer: try BytePairTokenizer(directory: directory),
            processor: processor, prompt: generation.prompt ?? "", tokens: configuration.tokens)
    }

    /// Writes the captioner to a folder that transformers' `Blip2ForConditionalGeneration` opens as well.
    ///
    /// - Parameters:
    ///   - directory: made if need be
    ///   - configuration: the sizes of the model
    /// - Throws: `FileError` for what cannot be written.
    public func write(to directory: URL, _ configuration: CaptionerConfiguration) throws {
        let folder = ModelDirectory(directory)
        let weights = NamedTensors(model.namedParameters.map { ($0.name, $0.parameter.value.detached()) })
        let renamed = try weights.renamed(by: huggingFaceCaptionerKeys)
        try folder.write(
            configuration, kind: ModelKind.captioner,
            try renamed.names.map { (name: $0, tensor: try renamed.tensor(named: $0)) })
        try folder.write(processor.preprocessorConfiguration, to: "preprocessor_config.json")
        try folder.write(GenerationSettings(tokens: configuration.tokens, prompt: prompt), to: "generation_config.json")
        try tokenizer.save(to: directory)
    }
}

extension VisionLanguageModel {
    /// Fills the weights from a checkpoint with transformers' names.
    ///
    /// - Throws: `LoadError` with every key that is missing, unexpected or of another shape, in LAVIS's names.
    public func load(huggingFace source: some TensorSource) throws {
        try Layers.load(
            self, from: KeyBiasFreeSource(source).renamed(by: huggingFaceCaptionerKeys.inverted),
            allowing: Self.loadPolicy)
    }
}

/// `generation_config.json`, with the prompt that the model was trained with.
private struct GenerationSettings: Codable {
    var beginning: Int32?
    var end: Int32?
    var padding: Int32?
    var prompt: String?

    init(tokens: LanguageTokens, prompt: String) {
        beginning = tokens.beginning
        end = tokens.end
        padding = tokens.padding
        self.prompt = prompt
    }

    enum CodingKeys: String, CodingKey {
        case beginning = "bos_token_id"
        case end = "eos_token_id"
        case padding = "pad_token_id"
        case prompt
    }
}
