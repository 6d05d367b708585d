/// A sentence cut in two for an encoder-decoder: it reads the beginning and is to write the rest.
///
/// Follows the random splitting in `lavis/models/blip2_models/pformer_t5.py` and `blip2_t5.py` at 7e633e0.
public struct SplitSentence: Hashable, Sendable {
    /// The first words.
    public let beginning: String
    /// The other words; empty if there are none.
    public let rest: String

    /// Cuts a sentence after this many of its words, which single spaces divide.
    public init(_ sentence: String, afterWords count: Int) {
        let words = Self.words(of: sentence)
        beginning = words.prefix(count).joined(separator: " ")
        rest = words.dropFirst(count).joined(separator: " ")
    }

    /// How many words a beginning may have in stage 0: up to half of them and one more.
    public static func wordCounts(inPromptPretraining sentence: String) -> ClosedRange<Int> {
        1...1 + words(of: sentence).count / 2
    }

    /// How many words a beginning may have in stage 2: up to half of them. A caption of one word is read whole, where
    /// the reference fails.
    public static func wordCounts(inCaptioning caption: String) -> ClosedRange<Int> {
        1...max(words(of: caption).count / 2, 1)
    }

    private static func words(of text: String) -> [Substring] {
        text.split(separator: " ", omittingEmptySubsequences: false)
    }
}
