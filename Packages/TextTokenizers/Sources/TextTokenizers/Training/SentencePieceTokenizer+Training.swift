import CSentencePiece
import Foundation

extension SentencePieceTokenizer {
    /// Learns a unigram vocabulary in T5's layout, by libsentencepiece: `<pad>` 0, `</s>` 1, `<unk>` 2, then pieces.
    ///
    /// Equal texts in equal order give an equal model, as long as the library's version is the same. Lines of more than
    /// 65,536 bytes are left out.
    ///
    /// - Parameters:
    ///   - texts: sentences.
    ///   - vocabularyCount: the number of pieces, sentinels not counted; fewer result when the texts have not so many.
    ///   - sentinelCount: how many sentinels stand behind the pieces.
    ///   - normalization: what is done to characters before all else.
    /// - Throws: `SentencePieceTrainingError` with the library's reason, such as too small a vocabulary for all characters.
    public static func trained(
        on texts: some Sequence<String>, vocabularyCount: Int, sentinelCount: Int = 100,
        normalization: SentencePieceNormalization = .t5
    ) throws -> SentencePieceTokenizer {
        var sentences: [UInt8] = []
        var ends: [Int] = []
        for text in texts {
            // The library lets no NUL and no line end into a piece.
            sentences += text.utf8.lazy.map { $0 == 0 || $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
            ends.append(sentences.count)
        }
        guard sentences.contains(where: { $0 > 0x20 }) else {
            throw SentencePieceTrainingError(problem: "there is no text to learn from")
        }
        let options: KeyValuePairs = [
            "model_type": "unigram", "vocab_size": String(vocabularyCount), "hard_vocab_limit": "false",
            "normalization_rule_name": normalization.rawValue, "character_coverage": "1.0", "pad_id": "0",
            "eos_id": "1", "unk_id": "2", "bos_id": "-1", "max_sentence_length": "65536", "num_threads": "1",
            "minloglevel": "2",
        ]
        let parts = try SentencePieceParts(
            file: model(of: sentences, ends, options), URL(fileURLWithPath: "learned model"))
        return try SentencePieceTokenizer(
            parts, conventions: .t5, added: parts.sentinels(min(max(0, sentinelCount), T5Sentinels.limit)))
    }

    private static func model(
        of sentences: [UInt8], _ ends: [Int], _ options: KeyValuePairs<String, String>
    ) throws(SentencePieceTrainingError) -> [UInt8] {
        let strings = options.map { (strdup($0.key), strdup($0.value)) }
        defer {
            for (name, value) in strings {
                free(name)
                free(value)
            }
        }
        let list = strings.map { sentencepiece_option(name: $0.0, value: $0.1) }
        var count = 0
        var reason: UnsafePointer<CChar>?
        let bytes = sentencepiece_train(sentences, ends, ends.count, list, list.count, &count, &reason)
        guard let bytes else {
            throw SentencePieceTrainingError(problem: reason.map { String(cString: $0) } ?? "no reason given")
        }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}

/// What a SentencePiece model does to characters before it looks for pieces, by the library's names.
public enum SentencePieceNormalization: String, Sendable {
    /// Nothing, which also makes for the smallest file.
    case identity
    /// T5's: compatibility composition (NFKC) with changes for machine translation.
    case t5 = "nmt_nfkc"
    /// T5's with case folding.
    case caseFolding = "nmt_nfkc_cf"
}

/// libsentencepiece could not learn a model.
public struct SentencePieceTrainingError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// The reason in the library's words.
    public let problem: String

    /// An error of this reason.
    public init(problem: String) { self.problem = problem }

    /// The reason.
    public var description: String { "libsentencepiece learned no model: \(problem)" }

    /// The same sentence.
    public var errorDescription: String? { description }
}
