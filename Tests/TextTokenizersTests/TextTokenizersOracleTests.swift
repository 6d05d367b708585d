import Foundation
import JSON
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
        try compareBatches("bert", wordPiece())
    }

    @Test func bytePairBatchesEqual() throws {
        try compareBatches("opt", bytePair())
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
        comparison.finish()
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
        comparison.finish()
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
            let decoded = try line["decoded"].string
            let ourText = tokenizer.decode(ids)
            comparison.check(
                ourText.utf8.elementsEqual(decoded.utf8),
                "\(ids) decode to \(ourText.debugDescription), not \(decoded.debugDescription)")
            let raw = try line.optional("decoded_nocleanup")?.string ?? decoded
            let ourRaw = tokenizer.decode(ids, cleaningUp: false)
            comparison.check(
                ourRaw.utf8.elementsEqual(raw.utf8),
                "\(ids) decode to \(ourRaw.debugDescription), not \(raw.debugDescription), without cleaning up")
            for cleaningUp in [true, false] {
                var stream = StreamingDecoder(tokenizer, cleaningUp: cleaningUp)
                let joined = ids.map { stream.append($0) }.joined() + stream.finish()
                comparison.check(
                    joined.utf8.elementsEqual((cleaningUp ? decoded : raw).utf8),
                    "\(ids) stream to \(joined.debugDescription)")
            }
        }
        comparison.finish()
    }

    private func compareBatches(_ name: String, _ tokenizer: some Tokenizer) throws {
        var comparison = Comparison("\(name) batches")
        for line in try oracle.lines("tokenizers/\(name)_batches.jsonl") {
            let options = try line["options"]
            let limit = try options.optional("max_length")?.int
            let isFixed = try options["padding"].string == "max_length"
            let side = try #require(BatchLayout.Side(rawValue: options["padding_side"].string))
            let layout = BatchLayout(length: isFixed ? .fixed(limit ?? 0) : .longest, side: side, limit: limit)
            let batch = tokenizer.batch(try line["texts"].array.map { try $0.string }, layout: layout)
            let ids = try line["input_ids"].array.map { try $0.int32s }
            let mask = try line["attention_mask"].array.map { try $0.int32s }
            comparison.check(batch.ids == ids.flatMap(\.self), "\(layout): ids")
            comparison.check(batch.mask == mask.flatMap(\.self), "\(layout): mask")
            comparison.check(batch.rowCount == ids.count && batch.columnCount == ids.first?.count, "\(layout): shape")
        }
        comparison.finish()
    }
}
