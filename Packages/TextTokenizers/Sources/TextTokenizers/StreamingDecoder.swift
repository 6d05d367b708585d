/// Turns ids into text as they come, a token at a time and never half a character.
///
/// The strings that it returns, `finish()` included, joined together are what `decode` returns for all the ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: any Tokenizer
    private let skipsSpecialTokens: Bool
    private let cleansUp: Bool
    private var state = DecodingState()
    private var pending: [UInt8] = []

    /// Begins a text.
    ///
    /// - Parameters:
    ///   - tokenizer: whose ids will come.
    ///   - skippingSpecialTokens: whether special tokens are left out.
    ///   - cleaningUp: whether blanks before punctuation go, as in `decode`; text then comes a word later.
    public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = true, cleaningUp: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skippingSpecialTokens
        cleansUp = cleaningUp
    }

    /// Takes the next id.
    ///
    /// - Returns: what is now certain of the text beyond what was returned before; often empty.
    public mutating func append(_ id: Int32) -> String {
        if skipsSpecialTokens, tokenizer.specialTokens.contains(id) { return "" }
        tokenizer.decode(id, into: &pending, state: &state)
        return take(cleansUp ? TextCleanup.lastSafeCut(in: pending) : pending.count - unfinishedByteCount)
    }

    /// Ends the text.
    ///
    /// - Returns: what was held back.
    public mutating func finish() -> String {
        defer { state = DecodingState() }
        return take(pending.count)
    }

    private mutating func take(_ count: Int) -> String {
        if count == 0 { return "" }
        var bytes = Array(pending[..<count])
        pending.removeFirst(count)
        if cleansUp { TextCleanup.clean(&bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number of bytes at the end that begin a character which later bytes may finish.
    private var unfinishedByteCount: Int {
        for count in 1...3 where count <= pending.count {
            let byte = pending[pending.count - count]
            if byte < 0x80 { return 0 }
            if byte >= 0xC0 {
                let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
                return count < length ? count : 0
            }
        }
        return 0
    }
}
