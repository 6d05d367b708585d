import Layers
import Tensors

/// A frozen or trained language model that reads vectors in front of its text.
public protocol LanguageModel: Module {
    /// What names of the reference's checkpoints call the family: `opt` or `t5`.
    var family: String { get }

    /// The width of the vectors that stand in front of the text.
    var width: Int { get }

    /// The most vectors and tokens that have a position; nil where any number has.
    var positionCount: Int? { get }

    /// The mean cross-entropy of the labels, given the vectors and the tokens.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - text: the tokens after them, `[batch, tokens]`, padded on the right
    ///   - labels: what is to be written, -100 where nothing is asked for: for a decoder the token at each place of the
    ///     text, for an encoder-decoder a text of its own, `[batch, labels]`
    ///   - context: training or evaluation
    func loss(prefix: Tensor?, text: MaskedTokens, labels: IndexTensor, _ context: Context) -> Tensor

    /// Reads the vectors and a prompt, and is then ready to continue it.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - prompt: the tokens after them, `[batch, tokens]`; padded on the left if a decoder continues them
    /// - Returns: the logits of the first new token, `[batch, vocabulary]`, and the state to continue from
    func begin(prefix: Tensor?, prompt: MaskedTokens, _ context: Context) -> (logits: Tensor, decoding: any Decoding)

    /// Reads vectors in front, `[batch, prefix, width]`, as far as that can be done before the text after them is known.
    func read(_ prefix: Tensor, _ context: Context) -> ReadPrefix

    /// Reads a prompt after vectors that were read before, and is then ready to continue it; but for rounding the same as
    /// reading both at once.
    ///
    /// - Parameters:
    ///   - prefix: a row for each prompt
    ///   - prompt: `[batch, tokens]`; padded on the left if a decoder continues them
    /// - Returns: the logits of the first new token, `[batch, vocabulary]`, and the state to continue from
    func begin(
        after prefix: ReadPrefix, prompt: MaskedTokens, _ context: Context
    ) -> (logits: Tensor, decoding: any Decoding)

    /// The ids that generated texts begin with, before the first new one: a decoder's prompt, or an encoder-decoder's
    /// first token.
    ///
    /// - Parameters:
    ///   - prompt: what `begin` read, `[batch, tokens]`
    ///   - prefixIDs: ids that stand for the vectors in front, where these are to count as part of the text
    func opening(of prompt: MaskedTokens, prefixIDs: [Int32]) -> [[Int32]]
}

extension Embedding {
    /// Vectors in front and embedded tokens one after the other, `[batch, all, width]`, and the mask of both.
    func joined(_ prefix: Tensor?, _ text: MaskedTokens) -> (embeddings: Tensor, mask: IndexTensor) {
        let embedded = self(text.ids)
        guard let prefix else { return (embedded, text.mask) }
        let seen = IndexTensor(repeating: 1, shape: [prefix.shape[0], prefix.shape[1]])
        return (
            Tensor.concatenating([prefix, embedded], axis: 1),
            IndexTensor.concatenating([seen, text.mask], axis: 1)
        )
    }
}

/// Text being generated: rows that each grow by one token at a time. A value: copies go their own way.
public protocol Decoding {
    /// Appends a token to every row, `[rows]`, and returns the logits of the next one, `[rows, vocabulary]`.
    mutating func advance(_ tokens: IndexTensor) -> Tensor

    /// Makes row `i` what row `rows[i]` was: beams change places, or one row becomes several.
    mutating func reorder(by rows: IndexTensor)
}
