import Layers
import Tensors

/// T5 of version 1.1, as Flan-T5 is: an encoder reads the vectors in front and a text, a decoder writes.
///
/// Names are those of Hugging Face (`transformers/models/t5/modeling_t5.py` at 4.26.0), as
/// `lavis/models/blip2_models/modeling_t5.py` keeps them. Raffel et al.: Exploring the Limits of Transfer Learning with
/// a Unified Text-to-Text Transformer, 2020; Chung et al.: Scaling Instruction-Finetuned Language Models, 2022.
public final class T5: LanguageModel {
    /// The sizes.
    public let configuration: T5Configuration
    /// The token table of encoder and decoder, `[vocabulary, width]`.
    public let tokens: Embedding
    private let encoder: T5Encoder
    private let decoder: T5Decoder
    private let head: Linear

    /// A model of these sizes.
    public init(_ configuration: T5Configuration, weights: InitialWeights) {
        self.configuration = configuration
        tokens = Embedding(
            entryCount: configuration.vocabularyCount, width: configuration.width, deviation: 1,
            weights: weights.child("shared"))
        encoder = T5Encoder(configuration, weights.child("encoder"))
        decoder = T5Decoder(configuration, weights.child("decoder"))
        // Smaller than the reference's deviation of 1, with which the first losses are in the hundreds.
        head = Linear(
            inputs: configuration.width, outputs: configuration.vocabularyCount, bias: false,
            weights: weights.child("lm_head"),
            initialization: .normal(deviation: 1 / Float(configuration.width).squareRoot()))
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["shared": tokens, "encoder": encoder, "decoder": decoder, "lm_head": head]
    }

    /// Copies of the token table that published checkpoints hold as well.
    public static let copies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"]

    /// `t5`
    public var family: String { "t5" }

    /// The width of the vectors that stand in front of the text.
    public var width: Int { configuration.width }

    /// None: positions are relative.
    public var positionCount: Int? { nil }

    /// The texts begin with the decoder's first token; what the encoder read is not in them.
    public func opening(of prompt: MaskedTokens, prefixIDs: [Int32]) -> [[Int32]] {
        Array(repeating: [configuration.start], count: prompt.batchCount)
    }

    /// Reads the vectors in front and a text, padded on either side.
    private func memory(prefix: Tensor?, text: MaskedTokens, _ context: Context) -> T5Memory {
        let (embeddings, mask) = tokens.joined(prefix, text)
        let encoded = encoder(embeddings, mask: mask, context.within("encoder"))
        context.record(encoded, "encoder_last_hidden_state")
        return decoder.memory(of: encoded, mask: mask)
    }

    /// The mean cross-entropy of the labels, each given those before it and what the encoder read.
    ///
    /// Here the labels are a text of their own, `[batch, labels]`, however long the text is that the encoder reads.
    public func loss(prefix: Tensor?, text: MaskedTokens, labels: IndexTensor, _ context: Context) -> Tensor {
        let memory = memory(prefix: prefix, text: text, context)
        let given = shiftedRight(labels)
        var cache: KeyValueCache?
        let stream = decoder(tokens(given.ids), mask: given.mask, memory: memory, cache: &cache, context)
        let logits = context.record(head(stream), "logits")
        return context.record(logits.crossEntropy(labels), "loss")
    }

    /// What the decoder is given for labels: the start, then each label but the last. Quirk: the mask is that of the
    /// labels, not shifted.
    private func shiftedRight(_ labels: IndexTensor) -> MaskedTokens {
        let width = labels.shape[1]
        let ids = labels.scalars.indices.map { place in
            place % width == 0 ? configuration.start : max(labels.scalars[place - 1], 0)
        }
        return MaskedTokens(
            ids: IndexTensor(ids, shape: labels.shape), mask: labels.mapped { $0 == -100 ? 0 : 1 })
    }

    /// Reads the vectors and the prompt with the encoder, and starts the decoder.
    public func begin(
        prefix: Tensor?, prompt: MaskedTokens, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding) {
        let memory = memory(prefix: prefix, text: prompt, context)
        var decoding = T5Decoding(model: self, batchCount: prompt.batchCount, memory: memory, context: context)
        let first = IndexTensor(repeating: configuration.start, shape: [prompt.batchCount])
        return (decoding.advance(first), decoding)
    }

    /// The vectors as they are: the encoder reads them together with a text.
    public func read(_ prefix: Tensor, _ context: Context) -> ReadPrefix { ReadPrefix(vectors: prefix, cache: nil) }

    /// Reads the vectors and the prompt with the encoder, and starts the decoder.
    public func begin(
        after prefix: ReadPrefix, prompt: MaskedTokens, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding) {
        begin(prefix: prefix.vectors, prompt: prompt, context)
    }

    /// The logits after one more token in each row.
    fileprivate func next(
        after tokens: IndexTensor, mask: IndexTensor, memory: T5Memory, cache: inout KeyValueCache?, _ context: Context
    ) -> Tensor {
        let embedded = self.tokens(tokens.reshaped(to: [tokens.count, 1]))
        let stream = decoder(embedded, mask: mask, memory: memory, cache: &cache, context)
        return head(stream).reshaped(to: [tokens.count, configuration.vocabularyCount])
    }

    fileprivate var emptyCache: KeyValueCache { decoder.emptyCache }
}

/// Text that a T5 model is generating.
private struct T5Decoding: Decoding {
    private let model: T5
    private let context: Context
    private var cache: KeyValueCache?
    private var memory: T5Memory
    /// Which of the texts that were read each row continues.
    private var sources: IndexTensor

    init(model: T5, batchCount: Int, memory: T5Memory, context: Context) {
        self.model = model
        self.context = context
        self.memory = memory
        cache = model.emptyCache
        sources = IndexTensor((0..<Int32(batchCount)).map { $0 }, shape: [batchCount])
    }

    mutating func advance(_ tokens: IndexTensor) -> Tensor {
        let mask = IndexTensor(repeating: 1, shape: [tokens.count, (cache?.tokenCount ?? 0) + 1])
        return model.next(after: tokens, mask: mask, memory: memory, cache: &cache, context)
    }

    mutating func reorder(by rows: IndexTensor) {
        cache?.reorder(by: rows)
        // Beams of one text change places without changing what was read.
        let moved = sources.gathering(rows)
        if moved != sources { memory = memory.gathering(rows) }
        sources = moved
    }
}
