import Checkpoints
import Images
import TextTokenizers
import VisionEncoder

extension VisionLanguageParts {
    /// Opens the captioner that a conversion would write, without writing it: a checkpoint of LAVIS's with the frozen parts
    /// that it lacks.
    ///
    /// - Parameters:
    ///   - conversion: of a captioner
    ///   - convention: whose way is followed; nil for that of the checkpoint's dialect
    ///   - imageSize: pixels to a side of the pictures; nil for the size that the model was trained with
    ///   - formats: the types that weights are kept in
    /// - Throws: `ConversionError` if the keys do not add up, `CheckpointError` if it is no captioner, and what the
    ///   checkpoints throw.
    public init(
        _ conversion: Conversion, convention: Convention? = nil, imageSize: Int? = nil, formats: WeightFormats = .stored
    ) throws {
        try conversion.check()
        let companions = conversion.companions
        guard case .captioner(var configuration) = conversion.target.model, let generation = companions.generation,
            let tokenizer = companions.tokenizer
        else {
            throw conversion.error(wanted: "one of stage 2 or of caption fine-tuning")
        }
        let convention = convention ?? generation.effectiveConvention
        if convention == .lavis { configuration.language = configuration.language.asInLAVIS }
        try configuration.vision.take(imageSize: imageSize, of: conversion.inputs[0].checkpoint.origin)
        let model = VisionLanguageModel(
            configuration.blip2, language: configuration.language.model(weights: .unset), weights: .unset)
        model.freeze()
        try model.load(huggingFace: conversion.source, formats: formats)
        var processor = companions.processor ?? EvaluationProcessor(size: configuration.vision.imageSize)
        processor.size = configuration.vision.imageSize
        self.init(
            model: model, tokenizer: tokenizer, processor: processor,
            prompt: generation.prompt ?? "", tokens: configuration.tokens, imageTokenID: configuration.imageTokenID,
            convention: convention)
    }
}

extension ImageTextParts {
    /// Opens the matcher that a conversion would write, without writing it.
    ///
    /// - Parameters:
    ///   - conversion: of a model of stage 1
    ///   - imageSize: pixels to a side of the pictures; nil for the size that the model was trained with
    ///   - formats: the types that weights are kept in
    /// - Throws: as of a captioner.
    public init(_ conversion: Conversion, imageSize: Int? = nil, formats: WeightFormats = .stored) throws {
        try conversion.check()
        guard case .matcher(var configuration) = conversion.target.model,
            let tokenizer = conversion.companions.tokenizer as? WordPieceTokenizer
        else { throw conversion.error(wanted: "one of stage 1") }
        try configuration.vision.take(imageSize: imageSize, of: conversion.inputs[0].checkpoint.origin)
        let model = RepresentationModel(
            configuration, ids: try tokenizer.sentenceTokenIDs(of: conversion.inputs[0].checkpoint.origin),
            weights: .unset)
        model.freeze()
        try model.load(huggingFace: conversion.source, formats: formats)
        self.init(
            model: model, tokenizer: tokenizer, processor: EvaluationProcessor(size: configuration.vision.imageSize))
    }
}

extension Conversion {
    fileprivate func error(wanted: String) -> CheckpointError {
        CheckpointError(
            file: inputs[0].checkpoint.origin, problem: "is \(inputs[0].kind.description); wanted \(wanted)")
    }
}
