import Foundation
import JSON
import TestSupport
import Testing
import TextTokenizers

/// The published tokenizers' ids and texts, case by case.
@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct TextTokenizersOracleTests {
    let oracle: OracleFolder

    init() throws { oracle = try OracleFolder() }

    private func wordPiece() throws -> WordPieceTokenizer {
        try WordPieceTokenizer(
            vocabularyFile: oracle.asset("bert-base-uncased-vocab.txt"), addingBeginning: "[DEC]")
    }

    private func bytePair() throws -> BytePairTokenizer {
        try BytePairTokenizer(
            vocabularyFile: oracle.asset("gpt2-vocab.json"), mergesFile: oracle.asset("gpt2-merges.txt"))
    }

    @Test func everyFileIsOfAKindThatIsCompared() throws {
        for name in try oracle.names(in: "tokenizers") {
            let isKnown =
                ["specials.json", "throughput.json"].contains(name)
                || ["bert", "opt", "t5"].contains { name == "\($0).jsonl" || name == "\($0)_batches.jsonl" }
                || name.hasPrefix("spm_") && name.hasSuffix(".jsonl")
            #expect(isKnown, "\(name) is of no kind that these tests know")
        }
    }

    @Test func wordPieceEqualsBertTokenizer() throws {
        try compareTexts("bert", wordPiece())
    }

    @Test func bytePairEqualsGPT2TokenizerAsOPT() throws {
        try compareTexts("opt", bytePair())
    }

    @Test func wordPieceBatchesEqual() throws {
        try oracle.compareBatches("bert", wordPiece())
    }

    @Test func bytePairBatchesEqual() throws {
        try oracle.compareBatches("opt", bytePair())
    }

    @Test func specialTokensEqual() throws {
        var comparison = Comparison("specials")
        let file = oracle.url.appendingPathComponent("tokenizers/specials.json")
        let specials = try JSONDocument(contentsOf: file).root["specials"]
        let bert = try wordPiece()
        let opt = try bytePair()
        for (name, id) in try specials["bert"].object.map({ ($0.key, Int32(try $0.value.int)) }) {
            let ours: [String: Int32?] = [
                "pad": bert.specialTokens.padding, "unk": bert.specialTokens.unknown,
                "cls": bert.specialTokens.classification, "sep": bert.specialTokens.separator,
                "mask": bert.specialTokens.mask, "[DEC]": bert.specialTokens.beginning,
                "len": Int32(bert.vocabularyCount),
            ]
            comparison.check(ours[name] == id, "BERT's \(name) is \(id)")
        }
        let opts = try specials["opt"].object.filter { $0.key != "newline" }
        for (name, id) in try opts.map({ ($0.key, Int32(try $0.value.int)) }) {
            let ours: [String: Int32?] = [
                "bos": opt.specialTokens.beginning, "eos": opt.specialTokens.end, "pad": opt.specialTokens.padding,
                "len": Int32(opt.vocabularyCount),
            ]
            comparison.check(ours[name] == id, "OPT's \(name) is \(id)")
        }
        let newline = try specials["opt"]["newline"].int32s
        comparison.check(opt.encode("\n", addingSpecialTokens: false) == newline, "OPT's newline is \(newline)")
        comparison.close("values")
    }

    @Test func smallVocabulariesEqual() throws {
        var comparison = Comparison("small vocabularies")
        let bert = try WordPieceTokenizer(
            vocabularyFile: oracle.common("bert-vocab-small.txt"), addingBeginning: "[DEC]")
        let opt = try BytePairTokenizer(
            vocabularyFile: oracle.common("opt-vocab-small.json"), mergesFile: oracle.common("opt-merges-small.txt"))
        for name in try oracle.names(in: "blitext") where name != "extras" {
            let folder = oracle.url.appendingPathComponent("blitext/\(name)")
            let meta = try JSONDocument(contentsOf: folder.appendingPathComponent("meta.json")).root
            let texts = try meta["text_input"].array.map { try $0.string }
            let limit = try meta["kwargs"]["max_txt_len"].int
            let tensors = try SmallTensors(folder.appendingPathComponent("io.safetensors"))
            let layout = BatchLayout(length: .fixed(limit), limit: limit)
            if let ids = try tensors.integers("tok/bert_ids") {
                let batch = bert.batch(texts, layout: layout)
                comparison.check(try batch.mask == tensors.integers("tok/bert_mask"), "\(name): BERT's mask")
                comparison.check(batch.ids == ids, "\(name): BERT gives \(batch.ids), not \(ids)")
            }
            if let ids = try tensors.integers("tok/opt_ids") {
                let batch = opt.batch(texts, layout: layout)
                comparison.check(batch.ids == ids, "\(name): OPT gives \(batch.ids), not \(ids)")
                comparison.check(try batch.mask == tensors.integers("tok/opt_mask"), "\(name): OPT's mask")
            }
        }
        comparison.close("values")
    }

    private func compareTexts(_ name: String, _ tokenizer: some Tokenizer) throws {
        var comparison = Comparison(name)
        for line in try oracle.lines("tokenizers/\(name).jsonl") {
            let text = try line["text"].string
            let ids = try line["ids"].int32s
            let ours = tokenizer.encode(text)
            comparison.check(ours == ids, "\(text.debugDescription) gives \(ours), not \(ids)")
            let offsets = tokenizer.encodeWithOffsets(text)
            comparison.check(offsets.ids == ids, "\(text.debugDescription) gives other ids with offsets")
            try oracle.compareDecoding(of: line, tokenizer, &comparison)
        }
        comparison.close("values")
    }
}
