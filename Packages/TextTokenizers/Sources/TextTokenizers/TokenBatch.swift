import Dispatch

/// Encoded texts as one rectangle of ids, ready to be a tensor.
public struct TokenBatch: Hashable, Sendable {
    /// The number of texts.
    public let rowCount: Int
    /// The length of every row after padding.
    public let columnCount: Int
    /// The ids row by row, [rows, columns].
    public let ids: [Int32]
    /// 1 where a row has a token and 0 where it has padding, [rows, columns].
    public let mask: [Int32]

    /// The ids of one row with its padding, [columns].
    public func row(_ index: Int) -> ArraySlice<Int32> {
        ids[index * columnCount..<(index + 1) * columnCount]
    }
}

/// How texts of unequal length become the rows of a batch.
public struct BatchLayout: Hashable, Sendable {
    /// Where padding stands in a row.
    public enum Side: String, Sendable { case left, right }

    /// How long the rows are at least: as the longest text, or of a fixed count.
    public enum Length: Hashable, Sendable { case longest, fixed(Int) }

    /// How long the rows are at least.
    public var length: Length
    /// Where padding stands.
    public var side: Side
    /// The count of ids above which texts are cut at their end, special tokens counted and kept; nil cuts nothing.
    public var limit: Int?

    /// Rows as long as the longest text, padded on one side and, given a limit, cut to it.
    public init(length: Length = .longest, side: Side = .right, limit: Int? = nil) {
        self.length = length
        self.side = side
        self.limit = limit
    }
}

extension Tokenizer {
    /// Encodes many texts, each with its special tokens, over `threadCount` threads.
    ///
    /// - Returns: the ids of each text in the order of the texts, whatever the number of threads.
    public func encode(_ texts: [String], threadCount: Int = 1) -> [[Int32]] {
        if threadCount <= 1 || texts.count < 2 { return texts.map { encode($0) } }
        // Some pieces to a thread, so that one of long texts does not leave the others waiting.
        let pieceCount = min(texts.count, 8 * threadCount)
        return [[Int32]](unsafeUninitializedCapacity: texts.count) { buffer, count in
            nonisolated(unsafe) let rows = buffer
            DispatchQueue.concurrentPerform(iterations: pieceCount) { piece in
                let range = piece * texts.count / pieceCount..<(piece + 1) * texts.count / pieceCount
                encode(texts[range]) { rows.initializeElement(at: $0, to: $1) }
            }
            count = texts.count
        }
    }

    /// Encodes texts one after the other, each with its special tokens, and hands out ids with the text's index.
    private func encode(_ texts: ArraySlice<String>, _ body: (Int, [Int32]) -> Void) {
        // Arrays of its own, because threads that count the references to one array wait for each other.
        let special = specialTokens
        let prefix = special.prefix.map(\.self)
        let suffix = special.suffix.map(\.self)
        var ids: [Int32] = []
        for index in texts.indices {
            ids.removeAll(keepingCapacity: true)
            ids += prefix
            encode(texts[index], into: &ids)
            ids += suffix
            body(index, ids.withUnsafeBufferPointer(Array.init))
        }
    }

    /// Encodes texts into one padded rectangle.
    ///
    /// - Parameters:
    ///   - texts: at least one text.
    ///   - layout: length, padding side and limit.
    /// - Returns: ids and mask, [texts, columns].
    public func batch(_ texts: [String], layout: BatchLayout = BatchLayout()) -> TokenBatch {
        let rows = texts.map { row(of: $0, limit: layout.limit) }
        var columnCount = rows.reduce(0) { max($0, $1.count) }
        if case .fixed(let count) = layout.length { columnCount = max(columnCount, count) }
        let padding = specialTokens.padding ?? 0
        var ids: [Int32] = []
        var mask: [Int32] = []
        ids.reserveCapacity(rows.count * columnCount)
        mask.reserveCapacity(rows.count * columnCount)
        for row in rows {
            let missing = columnCount - row.count
            let left = layout.side == .left ? missing : 0
            ids += repeatElement(padding, count: left)
            ids += row
            ids += repeatElement(padding, count: missing - left)
            mask += repeatElement(0, count: left)
            mask += repeatElement(1, count: row.count)
            mask += repeatElement(0, count: missing - left)
        }
        return TokenBatch(rowCount: rows.count, columnCount: columnCount, ids: ids, mask: mask)
    }

    private func row(of text: String, limit: Int?) -> [Int32] {
        let special = specialTokens
        var ids = encode(text, addingSpecialTokens: false)
        if let limit {
            ids.removeLast(max(0, min(ids.count, ids.count + special.prefix.count + special.suffix.count - limit)))
        }
        return special.prefix + ids + special.suffix
    }
}
