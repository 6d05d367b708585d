import Foundation

/// Reads `vocab.txt`: a token a line, its id the number of lines before it.
enum VocabularyText {
    /// - Throws: `TokenizerFileError` on empty lines, text that is not UTF-8, and tokens that come twice.
    static func read(_ url: URL) throws(TokenizerFileError) -> (tokens: TokenList, lexicon: Lexicon) {
        let bytes = try TokenizerFile.read(url, kind: "a vocabulary of one token a line")
        let isText = String(validating: bytes, as: UTF8.self) != nil
        let tokens = try bytes.withUnsafeBufferPointer { bytes throws(TokenizerFileError) in
            try list(bytes, url, isText: isText)
        }
        let lexicon = Lexicon(tokens)
        if let (first, second) = lexicon.duplicate {
            throw TokenizerFileError(
                .duplicate, url, line: second + 1,
                found: "\(TokenizerFileError.quoted(tokens[second])), which is on line \(first + 1) too",
                expected: "every token once")
        }
        return (tokens, lexicon)
    }

    private static func list(
        _ bytes: UnsafeBufferPointer<UInt8>, _ url: URL, isText: Bool
    ) throws(TokenizerFileError) -> TokenList {
        var tokens = TokenList()
        for line in Lines(bytes) {
            let number = tokens.count + 1
            if line.isEmpty {
                throw TokenizerFileError(
                    .malformed, url, line: number, found: "an empty line", expected: "a token on every line")
            }
            if !isText, String(validating: line, as: UTF8.self) == nil {
                throw TokenizerFileError(
                    .malformed, url, line: number, found: TokenizerFileError.quoted(line), expected: "UTF-8")
            }
            tokens.append(line)
        }
        return tokens
    }
}
