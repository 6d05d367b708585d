import BLIP2
import Foundation
import Images
import LanguageModels
import Layers
import Tensors
import TextTokenizers

/// A captioner with random weights, so wide that each picture gets words of its own.
func smallCaptioner() throws -> Captioner {
    let words = ["a small red circle above two blue stars", "one green moon, three yellow hearts", "white and black"]
    let tokenizer = try BytePairTokenizer.trained(on: words, vocabularyCount: 400)
    let weights = InitialWeights.random(RandomKey(seed: 3))
    let language = OPT(
        OPTConfiguration(
            vocabularyCount: tokenizer.vocabularyCount, width: 32, layerCount: 2, headCount: 2, feedForwardWidth: 64,
            positionCount: 128, initializerRange: 0.4), weights: weights.child("language"))
    var sizes = BLIP2Configuration.tiny
    sizes.queryCount = 4
    sizes.vision.initializerRange = 0.2
    sizes.qformer.bert.initializerRange = 0.2
    let model = VisionLanguageModel(sizes, language: language, weights: weights.child("model"))
    model.freeze()
    let end = tokenizer.encode("\n", addingSpecialTokens: false)[0]
    return Captioner(
        model: model, tokenizer: tokenizer, processor: EvaluationProcessor(size: sizes.vision.imageSize), prompt: "",
        tokens: LanguageTokens(beginning: 2, end: end, padding: 1))
}

/// A picture of random blocks.
func picture(_ number: UInt64) -> Image {
    let blocks = Tensor.uniform([4, 4, 3], in: 0...255, key: RandomKey(seed: number)).scalars.map { UInt8($0) }
    return Image(width: 4, height: 4, pixels: blocks).resized(width: 50, height: 40)
}
