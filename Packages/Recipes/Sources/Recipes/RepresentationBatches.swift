import BLIP2
import Layers
import Tensors
import TextTokenizers
import Training

/// Pictures with captions in the Q-Former's tokens.
struct RepresentationBatches: BatchSource {
    private var pairs: PairBatches
    private let tokens: WordPieceTokenizer
    private let textLimit: Int

    init(
        _ configuration: PairsConfiguration, _ tokens: WordPieceTokenizer, textLimit: Int, batchSize: Int, seed: Int
    ) throws {
        pairs = try PairBatches(configuration, batchSize: batchSize, seed: seed)
        self.tokens = tokens
        self.textLimit = textLimit
    }

    var batchSize: Int { pairs.batchSize }
    var batchesPerEpoch: Int { pairs.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> PairBatch {
        let batch = try pairs.batch(number)
        let layout = BatchLayout(length: .fixed(textLimit), limit: textLimit)
        return PairBatch(
            pixels: batch.pixels, sentences: MaskedTokens(tokens.batch(batch.captions, layout: layout)))
    }
}
