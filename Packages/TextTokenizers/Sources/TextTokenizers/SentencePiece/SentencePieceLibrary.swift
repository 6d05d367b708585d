import CSentencePiece
import Foundation

/// A model in the hands of libsentencepiece; any number of threads may encode with it at once.
final class SentencePieceLibrary: @unchecked Sendable {
    private let model: OpaquePointer

    /// - Parameter bytes: a model file that `SentencePieceModel` has checked.
    init(_ bytes: [UInt8], _ url: URL) throws(TokenizerFileError) {
        var reason: UnsafePointer<CChar>?
        guard let model = sentencepiece_load(bytes, bytes.count, &reason) else {
            throw TokenizerFileError(
                .malformed, url,
                found: "what libsentencepiece refuses: \(reason.map { String(cString: $0) } ?? "no reason given")",
                expected: SentencePieceModel.kind)
        }
        self.model = model
    }

    deinit { sentencepiece_free(model) }

    /// Calls `body` with the ids of a text in valid UTF-8, nil when the library refuses it.
    @inline(__always)
    func encode(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<Int32>?) -> Void) {
        var count = 0
        let ids = sentencepiece_encode(model, text.baseAddress, text.count, &count)
        body(ids.map { UnsafeBufferPointer(start: $0, count: count) })
    }

    /// Calls `body` with the ids of a text and the bytes that each stands for, nil when the library refuses it.
    func encodeSpans(
        _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<sentencepiece_span>?) -> Void
    ) {
        var count = 0
        let spans = sentencepiece_encode_spans(model, text.baseAddress, text.count, &count)
        body(spans.map { UnsafeBufferPointer(start: $0, count: count) })
    }
}
