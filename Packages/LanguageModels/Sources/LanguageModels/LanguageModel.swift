import Layers
import Tensors

/// A frozen or trained language model that reads vectors in front of its text.
public protocol LanguageModel: Module {
    /// The width of the vectors that stand in front of the text.
    var width: Int { get }

    /// The mean cross-entropy of the labels, given the vectors and the tokens.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - text: the tokens after them, `[batch, tokens]`, padded on the right
    ///   - labels: which token each place should hold, `[batch, tokens]`; -100 where none is asked for
    ///   - context: training or evaluation
    func loss(prefix: Tensor?, text: MaskedTokens, labels: IndexTensor, _ context: Context) -> Tensor

    /// Reads the vectors and a prompt, and is then ready to continue it.
    ///
    /// - Parameters:
    ///   - prefix: vectors in front, `[batch, prefix, width]`
    ///   - prompt: the tokens after them, `[batch, tokens]`, padded on the left
    /// - Returns: the logits of the first new token, `[batch, vocabulary]`, and the state to continue from
    func begin(prefix: Tensor?, prompt: MaskedTokens, _ context: Context) -> (logits: Tensor, decoding: any Decoding)
}

/// Text being generated: rows that each grow by one token at a time. A value: copies go their own way.
public protocol Decoding {
    /// Appends a token to every row, `[rows]`, and returns the logits of the next one, `[rows, vocabulary]`.
    mutating func advance(_ tokens: IndexTensor) -> Tensor

    /// Makes row `i` what row `rows[i]` was: beams change places, or one row becomes several.
    mutating func reorder(by rows: IndexTensor)
}
