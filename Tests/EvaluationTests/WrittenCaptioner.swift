import BLIP2
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import TextTokenizers

/// A captioner of random weights, with a language model of either family.
struct WrittenCaptioner {
    let sizes: BLIP2Configuration
    let language: LanguageConfiguration
    let tokenizer: any Tokenizer
    let tokens: LanguageTokens
    let imageTokenID: Int

    /// Draws a model, changes it and writes its folder.
    func write(
        to directory: URL, seed: UInt64, changing change: (VisionLanguageModel) throws -> Void
    ) throws -> VisionLanguageModel {
        let weights = InitialWeights.random(RandomKey(seed: seed))
        let model = VisionLanguageModel(
            sizes, language: language.model(weights: weights.child("language")), weights: weights.child("model"))
        try change(model)
        try VisionLanguageParts(
            model: model, tokenizer: tokenizer, processor: .init(size: sizes.vision.imageSize), prompt: "a picture of",
            tokens: tokens
        ).write(
            to: directory,
            CaptionerConfiguration(
                vision: sizes.vision, qformer: sizes.qformer, language: language, queryCount: sizes.queryCount,
                imageTokenID: imageTokenID, tokens: tokens))
        return model
    }
}

extension VisionLanguageModel {
    /// Makes all rows of a weight larger, or one of them. So texts end by themselves now and then, without which some settings
    /// would change nothing, and differ between pictures.
    func scaleRows(of name: String, by factor: Float, only row: Int32? = nil) throws {
        guard let table = namedParameters.first(where: { $0.name == name })?.parameter else {
            throw FileError(file: name, problem: "is missing")
        }
        let width = table.shape[1]
        var scalars = table.value.scalars
        let places = row.map { Int($0) * width..<(Int($0) + 1) * width } ?? scalars.indices
        for place in places { scalars[place] *= factor }
        table.value = Tensor(scalars, shape: table.shape)
    }
}
