import Checkpoints
import Foundation
import Images
import JSON
import LanguageModels
import Layers
import Tensors
import TextTokenizers
import VisionEncoder

extension VisionLanguageParts {
    /// Opens a captioner's folder: `config.json`, its weights, the language model's tokenizer files, and
    /// `preprocessor_config.json` and `generation_config.json` where there are any.
    ///
    /// - Parameters:
    ///   - directory: as this library or transformers writes it
    ///   - convention: whose way is followed; nil for what `generation_config.json` says, or transformers' own
    ///   - imageSize: pixels to a side of the pictures, to whose grid the position table is fitted; nil for the size
    ///     that the model was trained with
    ///   - formats: the types that weights are kept in; brought to them as they are read
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(
        directory: URL, convention: Convention? = nil, imageSize: Int? = nil, formats: WeightFormats = .stored
    ) throws {
        let folder = ModelDirectory(directory)
        let generation = try folder.settingsIfPresent(GenerationSettings.self, in: "generation_config.json")
        let convention = convention ?? generation?.effectiveConvention ?? .huggingFace
        var configuration = try folder.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        if convention == .lavis { configuration.language = configuration.language.asInLAVIS }
        try configuration.vision.take(imageSize: imageSize, of: directory.path)
        let model = try VisionLanguageModel(configuration, from: folder, formats: formats)
        self.init(
            model: model, tokenizer: try TextTokenizers.load(directory),
            processor: try folder.processor(size: configuration.vision.imageSize), prompt: generation?.prompt ?? "",
            tokens: configuration.tokens, imageTokenID: configuration.imageTokenID,
            convention: convention)
    }

    /// Writes the model to a folder that transformers' `Blip2ForConditionalGeneration` opens as well.
    ///
    /// - Parameters:
    ///   - directory: made if need be
    ///   - configuration: the sizes of the model
    /// - Throws: `FileError` for what cannot be written.
    public func write(to directory: URL, _ configuration: CaptionerConfiguration) throws {
        let folder = ModelDirectory(directory)
        let weights = NamedTensors(model.namedParameters.map { ($0.name, $0.parameter.value.detached()) })
        let renamed = try weights.renamed(by: HuggingFaceKeys.captioner(model.language.family))
        try folder.write(
            configuration, kind: ModelKind.captioner,
            try renamed.names.map { (name: $0, tensor: try renamed.tensor(named: $0)) })
        try folder.write(processor.preprocessorConfiguration, to: "preprocessor_config.json")
        try folder.write(
            GenerationSettings(tokens: configuration.tokens, prompt: prompt, convention: convention),
            to: "generation_config.json")
        try tokenizer.save(to: directory)
    }
}

extension VisionLanguageModel {
    /// The model of a captioner's folder, frozen.
    ///
    /// - Parameters:
    ///   - configuration: the folder's; its picture size may be another
    ///   - folder: with the weights
    ///   - formats: the types that weights are kept in
    /// - Throws: what the folder's files throw, and `LoadError`.
    public convenience init(
        _ configuration: CaptionerConfiguration, from folder: ModelDirectory, formats: WeightFormats = .stored
    ) throws {
        self.init(configuration.blip2, language: configuration.language.model(weights: .unset), weights: .unset)
        freeze()
        try load(huggingFace: folder.weights(), formats: formats)
    }

    /// Fills the weights from a checkpoint with transformers' names; the position table is fitted to the picture size, and
    /// frozen matrices are brought to the types of `formats`.
    ///
    /// - Throws: `LoadError` with every key that is missing, unexpected or of another shape, in LAVIS's names.
    public func load(huggingFace source: some TensorSource, formats: WeightFormats = .stored) throws {
        let renamed = try KeyBiasFreeSource(source).renamed(by: HuggingFaceKeys.captioner(language.family).inverted)
        let fitted = FittedPositions(renamed, gridSize: images.encoder.configuration.gridSize)
        try Layers.load(self, from: fitted, allowing: Self.loadPolicy, storing: formats.format)
    }
}

extension ModelDirectory {
    /// What brings pictures to a size: as the folder's files say, or as CLIP's if there are none.
    func processor(size: Int) throws -> EvaluationProcessor {
        let files = ["preprocessor_config.json", "processor_config.json"].map(file)
        guard files.contains(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            return EvaluationProcessor(size: size)
        }
        var processor = try EvaluationProcessor(directory: url)
        processor.size = size
        return processor
    }
}
