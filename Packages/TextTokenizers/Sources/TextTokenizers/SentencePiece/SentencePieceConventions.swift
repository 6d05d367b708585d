/// What stands around and between the pieces of a model.
public enum SentencePieceConventions: Hashable, Sendable {
    /// As libsentencepiece itself: nothing around a text, and only the model's own pieces.
    ///
    /// Decoding makes nothing of control pieces and the model's replacement text of the unknown piece.
    case library
    /// As the published fast tokenizer of T5: `</s>` behind a text, `<pad>` in rows, and the sentinels
    /// `<extra_id_99>` to `<extra_id_0>` behind the model's pieces, found in texts wherever they are spelled.
    ///
    /// Decoding spells special tokens that it does not skip.
    case t5
}
