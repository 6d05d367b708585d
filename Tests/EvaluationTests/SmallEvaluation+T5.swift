import BLIP2
import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import TextTokenizers

extension SmallEvaluation {
    /// Writes a captioner of random weights with a T5, whose tokenizer is the world's.
    static func writeT5Captioner(_ sizes: BLIP2Configuration, in root: URL) throws {
        let tokenizer = try TextTokenizers.load(root.appending(path: "world/t5"))
        let weights = InitialWeights.random(RandomKey(seed: 13))
        let language = T5Configuration(
            vocabularyCount: tokenizer.vocabularyCount + 1, width: 32, headWidth: 16, hiddenWidth: 48,
            encoderLayerCount: 2, decoderLayerCount: 2, headCount: 2, activation: .gelu)
        let model = VisionLanguageModel(
            sizes, language: T5(language, weights: weights.child("language")), weights: weights.child("model"))
        try model.scaleRows(of: "t5_proj.weight", by: 20)
        let tokens = LanguageTokens(beginning: 1, end: 1, padding: 0)
        try model.scaleRows(of: "t5_model.lm_head.weight", by: 5, only: tokens.end)
        try VisionLanguageParts(
            model: model, tokenizer: tokenizer, processor: .init(size: sizes.vision.imageSize), prompt: "a picture of",
            tokens: tokens
        ).write(
            to: root.appending(path: "t5-captioner"),
            CaptionerConfiguration(
                vision: sizes.vision, qformer: sizes.qformer, language: .t5(language), queryCount: sizes.queryCount,
                imageTokenID: tokenizer.vocabularyCount, tokens: tokens))
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
