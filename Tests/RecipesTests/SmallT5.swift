import BLIP2
import Foundation
import LanguageModels
import Layers
import Tensors
import TextTokenizers

/// A folder with a T5 that knows nothing, for the small world: as transformers writes one, its vocabulary that of the
/// tokenizer's fixture.
enum SmallT5 {
    static func write(to folder: URL) throws {
        let tokenizer = try SentencePieceTokenizer(
            modelFile: URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../TextTokenizersTests/Fixtures/spiece.model"))
        let configuration = T5Configuration(
            vocabularyCount: tokenizer.vocabularyCount, width: 64, headWidth: 16, feedForwardWidth: 96,
            encoderLayerCount: 2, decoderLayerCount: 2, headCount: 4)
        let model = T5(configuration, weights: .random(RandomKey(seed: 11)))
        try ModelDirectory(folder).write(
            configuration, kind: ModelKind.t5,
            model.namedParameters.map { (name: $0.name, tensor: $0.parameter.value.detached()) })
        try tokenizer.save(to: folder)
    }
}
