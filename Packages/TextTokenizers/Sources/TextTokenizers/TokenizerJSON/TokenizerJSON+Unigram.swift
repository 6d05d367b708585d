import Foundation
import JSON

extension TokenizerJSON {
    /// T5's tokenizer: the file's pieces and character map become a model for libsentencepiece.
    func unigram() throws -> SentencePieceTokenizer {
        try expect("byte_fallback", of: model, [false])
        let tokens = try addedTokens()
        let parts = try SentencePieceParts(file: modelFile(special: tokens.filter(\.isSpecial)), url)
        let around = try surroundings()
        guard parts.isT5, around.front.isEmpty, around.back == ["</s>"] else {
            throw unsupported(
                "a Unigram tokenizer that sets \(around.front) in front of a text and \(around.back) behind",
                expected: "T5's, which has \(T5Sentinels.pieces) and sets </s> behind")
        }
        let added = try TokenizerConfiguration.behind(tokens, count: parts.model.pieces.count, url) {
            parts.id(of: $0.utf8)
        }
        return try SentencePieceTokenizer(parts, conventions: .t5, added: added)
    }

    /// The bytes of a `spiece.model` that says the same.
    private func modelFile(special: [AddedToken]) throws -> [UInt8] {
        let unknown = try model["unk_id"].int
        let control = Set(special.map(\.id))
        var file = ProtobufWriter()
        for (id, entry) in try model["vocab"].array.enumerated() {
            let pair = try entry.array
            guard pair.count == 2 else { throw entry.error("wanted a piece and its score") }
            var piece = ProtobufWriter()
            piece.append(1, try pair[0].utf8)
            piece.append(2, Float(try pair[1].double))
            let kind: SentencePieceModel.Kind =
                id == unknown ? .unknown : control.contains(Int32(clamping: id)) ? .control : .normal
            piece.append(3, Int(kind.rawValue))
            file.append(1, piece.bytes)
        }
        var training = ProtobufWriter()
        training.append(3, Int(SentencePieceModel.Algorithm.unigram.rawValue))
        file.append(2, training.bytes)
        file.append(3, try normalization())
        return file.bytes
    }

    /// The normalizer's part of the model file.
    private func normalization() throws -> [UInt8] {
        let normalizers = try parts("normalizer", list: "normalizers")
        let splitting = try parts("pre_tokenizer", list: "pretokenizers")
        let kinds = try (normalizers + splitting).map { try $0["type"].string }
        let accepted = [
            ["Metaspace"], ["Precompiled", "WhitespaceSplit", "Metaspace"],
            ["Precompiled", "Replace", "Metaspace"], ["Precompiled", "Strip", "Replace", "Metaspace"],
        ]
        guard accepted.contains(kinds) else {
            throw unsupported(
                "normalizer and pre_tokenizer of \(kinds.joined(separator: ", "))",
                expected: accepted.map { $0.joined(separator: ", ") }.joined(separator: " or "))
        }
        for value in splitting where try value["type"].string == "Metaspace" {
            try expect("replacement", of: value, ["\u{2581}"])
            try expect("add_prefix_space", of: value, [true])
            try expect("prepend_scheme", of: value, ["always"])
        }
        for value in normalizers where try value["type"].string == "Replace" {
            try expect("pattern", of: value, [["Regex": " {2,}"]])
        }
        var settings = ProtobufWriter()
        let hasMap = kinds.count > 1
        if hasMap {
            guard let map = Data(base64Encoded: try normalizers[0]["precompiled_charsmap"].string) else {
                throw normalizers[0].error("wanted a precompiled_charsmap in base 64")
            }
            settings.append(2, map)
        }
        // Without a normalizer nothing removes blanks, and the tokenizer sees to the one in front itself.
        settings.append(3, hasMap ? 1 : 0)
        settings.append(4, hasMap ? 1 : 0)
        return settings.bytes
    }
}
