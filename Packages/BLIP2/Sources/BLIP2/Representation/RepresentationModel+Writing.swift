import LanguageModels
import Layers
import QFormer
import Tensors

extension RepresentationModel {
    /// The texts that the Q-Former itself writes about images, as in the captioning loss of stage 1.
    ///
    /// - Parameters:
    ///   - pixels: `[batch, 3, size, size]`
    ///   - options: how it writes; lengths count the token that begins a text
    /// - Returns: for each image its texts, the best first
    public func write(about pixels: Tensor, options: GenerationOptions) -> [[GeneratedText]] {
        withoutGradients {
            let seen = look(at: pixels, .evaluation())
            var writing = Writing(qformer: qformer, state: TextState(after: seen.queries))
            let beginning = [Int32](repeating: ids.decoding, count: pixels.shape[0])
            let logits = writing.advance(IndexTensor(beginning, shape: [beginning.count]))
            return search(logits, writing, prompts: beginning.map { [$0] }, options: options)
        }
    }
}

/// Text that a Q-Former is writing.
private struct Writing: Decoding {
    let qformer: QueryingTransformer
    var state: TextState

    mutating func advance(_ tokens: IndexTensor) -> Tensor {
        let column = MaskedTokens(tokens.reshaped(to: [tokens.count, 1]))
        let logits = qformer.write(column, &state, .evaluation())
        return logits.reshaped(to: [tokens.count, logits.shape[2]])
    }

    mutating func reorder(by rows: IndexTensor) { state.reorder(by: rows) }
}
