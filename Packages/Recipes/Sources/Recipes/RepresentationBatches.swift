import BLIP2
import Datasets
import Layers
import Tensors
import TextTokenizers
import Training

/// Pictures with captions in the Q-Former's tokens.
struct RepresentationBatches: BatchSource {
    private var pairs: PairBatches
    private let tokens: WordPieceTokenizer
    private let textLimit: Int

    init(_ pairs: PairBatches, _ tokens: WordPieceTokenizer, textLimit: Int) {
        self.pairs = pairs
        self.tokens = tokens
        self.textLimit = textLimit
    }

    var batchSize: Int { pairs.batchSize }
    var batchesPerEpoch: Int { pairs.batchesPerEpoch }

    mutating func takeActivity() -> SourceActivity { pairs.takeActivity() }

    mutating func batch(_ number: Int) throws -> PairBatch {
        let batch = try pairs.batch(number)
        let layout = BatchLayout(length: .fixed(textLimit), limit: textLimit)
        return PairBatch(
            pixels: batch.pixels, sentences: MaskedTokens(tokens.batch(batch.captions, layout: layout)))
    }
}
