import Foundation
import TextTokenizers

/// A folder in which a fuzzer's bytes become files.
public struct FuzzingFolder: Sendable {
    private let url: URL

    /// Makes a folder of this process's own.
    public init() {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(getpid())")
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    /// Writes files, opens a tokenizer from them, and uses it if it opens.
    ///
    /// - Parameters:
    ///   - files: names and contents.
    ///   - open: what opens the folder.
    public func use(_ files: [(name: String, bytes: [UInt8])], open: (URL) throws -> any Tokenizer) {
        for (name, bytes) in files { try? Data(bytes).write(to: url.appendingPathComponent(name)) }
        guard let tokenizer = try? open(url) else { return }
        let text = "A small réd\u{301} circle, [DEC]</s> isn't <extra_id_0> 中文 \u{FB01}\t\u{3000}\u{FF21} 1\u{BD}\u{85}"
        let ids = tokenizer.encode(text)
        precondition(tokenizer.encodeWithOffsets(text).ids == ids, "other ids with offsets")
        _ = tokenizer.decode(ids, skippingSpecialTokens: false)
        _ = tokenizer.decode(0..<Int32(min(tokenizer.vocabularyCount, 300)))
    }
}
