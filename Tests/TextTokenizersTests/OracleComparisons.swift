import JSON
import TestSupport
import Testing
import TextTokenizers

extension OracleFolder {
    /// The text of a case's ids, cleaned up and not, whole and as it comes.
    func compareDecoding(of line: JSONValue, _ tokenizer: some Tokenizer, _ comparison: inout Comparison) throws {
        let ids = try line["ids"].int32s
        let decoded = try line["decoded"].string
        let raw = try line.optional("decoded_nocleanup")?.string ?? decoded
        for (expected, cleaningUp) in [(decoded, true), (raw, false)] {
            let ours = tokenizer.decode(ids, cleaningUp: cleaningUp)
            comparison.check(
                ours.utf8.elementsEqual(expected.utf8),
                "\(ids) decode to \(ours.debugDescription), not \(expected.debugDescription)")
            var stream = StreamingDecoder(tokenizer, cleaningUp: cleaningUp)
            let joined = ids.map { stream.append($0) }.joined() + stream.finish()
            comparison.check(
                joined.utf8.elementsEqual(expected.utf8), "\(ids) stream to \(joined.debugDescription)")
        }
    }

    /// The rectangles of a file of batches; `mayDiffer` tells the texts that are known to have other ids.
    func compareBatches(
        _ name: String, _ tokenizer: some Tokenizer, mayDiffer: (String) -> Bool = { _ in false }
    ) throws {
        var comparison = Comparison("\(name) batches")
        for line in try lines("tokenizers/\(name)_batches.jsonl") {
            let options = try line["options"]
            let limit = try options.optional("max_length")?.int
            let isFixed = try options["padding"].string == "max_length"
            let side = try #require(BatchLayout.Side(rawValue: options["padding_side"].string))
            let layout = BatchLayout(length: isFixed ? .fixed(limit ?? 0) : .longest, side: side, limit: limit)
            let texts = try line["texts"].array.map { try $0.string }
            let batch = tokenizer.batch(texts, layout: layout)
            let ids = try line["input_ids"].array.map { try $0.int32s }
            let mask = try line["attention_mask"].array.map { try $0.int32s }
            let isTied = texts.contains(where: mayDiffer)
            comparison.check(batch.ids == ids.flatMap(\.self), orTie: isTied, "\(layout): ids")
            comparison.check(batch.mask == mask.flatMap(\.self), orTie: isTied, "\(layout): mask")
            comparison.check(
                batch.rowCount == ids.count && batch.columnCount == ids.first?.count, orTie: isTied, "\(layout): shape")
        }
        comparison.close("values", tieShare: 0.02)
    }
}
