import BLIP2
import Checkpoints
import JSON
import Layers
import Tensors
import Testing

extension OracleModel.Batch {
    /// The number of samples.
    var count: Int { pixels?.shape[0] ?? texts.batchCount }

    var images: Tensor { pixels ?? Tensor(zeros: [0]) }
    var texts: MaskedTokens { sentences ?? MaskedTokens(IndexTensor([], shape: [0, 0])) }
    private var targetText: TargetText { target ?? TargetText(texts) }

    var sentenceBatch: SentenceBatch { SentenceBatch(sentences: texts, target: targetText) }
    var pair: PairBatch { PairBatch(pixels: images, sentences: texts) }
    var caption: CaptionBatch { CaptionBatch(pixels: images, target: targetText) }
    var alignedCaption: AlignedCaptionBatch { AlignedCaptionBatch(captions: caption, sentences: texts) }

    /// The recorded inputs of the forward pass.
    init(_ oracle: OracleCase) throws {
        let file = try oracle.recorded()
        func tokens(_ kind: String) throws -> MaskedTokens? {
            guard file.names.contains("tok/\(kind)_ids") else { return nil }
            return MaskedTokens(
                ids: try file.indexTensor(named: "tok/\(kind)_ids"),
                mask: try file.indexTensor(named: "tok/\(kind)_mask"))
        }
        self.init(
            pixels: file.names.contains("in/image") ? try file.tensor(named: "in/image") : nil,
            sentences: try tokens("bert"),
            target: try tokens("opt").map { TargetText($0, promptTokenCount: try oracle.promptTokenCount) })
        if let splits = try oracle.splits {
            target = try OracleTokenizers(oracle).target(splits)
        }
    }

    /// The inputs of a training step.
    ///
    /// - Parameters:
    ///   - texts: of the batch
    ///   - pixels: of the batch, if the model sees images
    ///   - wordCounts: after how many words texts are split for an encoder-decoder; nil for a decoder
    ///   - oracle: the case
    init(_ texts: [String], pixels: Tensor?, wordCounts: [Int]?, _ oracle: OracleCase) throws {
        let (tokenizers, promptTokenCount) = (try OracleTokenizers(oracle), try oracle.promptTokenCount)
        self.init(
            pixels: pixels, sentences: tokenizers.sentences(texts),
            target: wordCounts.map { counts in
                tokenizers.target(zip(texts, counts).map { SplitSentence($0, afterWords: $1) })
            } ?? tokenizers.target(texts, promptTokenCount: promptTokenCount))
    }
}
