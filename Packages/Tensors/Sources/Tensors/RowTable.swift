import CTensorKernels

/// Rows of numbers that are numbered in the order in which they come and never move, off the tape: what a decoder keeps of
/// the tokens it has seen.
///
/// A value whose copies share memory: of what they share, adding a row copies at most the last chunk.
public struct RowTable: Sendable {
    /// How many rows there are.
    public private(set) var count = 0
    /// Elements of a row.
    private(set) var width = 0
    /// `[TK_CHUNK_ROWS, width]` each.
    private var chunks: [Tensor] = []

    /// A table without rows, whose width is that of the first ones.
    public init() {}

    private static let chunkRows = Int(TK_CHUNK_ROWS)

    /// Adds rows at the end, `[..., width]`.
    public mutating func append(_ new: Tensor) {
        let (added, width) = new.shape.rowsAndWidth
        precondition(count == 0 || width == self.width, "rows of \(new.shape) in a table of width \(self.width)")
        self.width = width
        let source = new.widened
        var done = 0
        while done < added {
            let (place, fitting) = makeRoom(for: added - done)
            tk_copy(source.pointer + done * width, place, Int64(fitting * width))
            done += fitting
            count += fitting
        }
    }

    /// The rows with these numbers, `[..., width]`.
    public func gathering(_ ids: IndexTensor) -> Tensor {
        ids.requireRange(count)
        let result = Tensor(uninitialized: Shape(ids.shape.dimensions + [width]))
        for (place, id) in ids.scalars.enumerated() {
            let (chunk, row) = Int(id).quotientAndRemainder(dividingBy: Self.chunkRows)
            tk_copy(chunks[chunk].pointer + row * width, result.pointer + place * width, Int64(width))
        }
        return result
    }

    /// Gives the addresses of the chunks, for the time of the call.
    func withChunks(_ body: (UnsafePointer<UnsafePointer<Float>?>) -> Void) {
        let addresses = chunks.map { UnsafePointer<Float>?($0.pointer) }
        withExtendedLifetime(chunks) { addresses.withUnsafeBufferPointer { $0.baseAddress.map(body) } }
    }

    /// Where the next rows go, and how many of them fit there: into a new chunk, or into the last one, which is copied if
    /// another table holds it as well.
    private mutating func makeRoom(for rows: Int) -> (place: UnsafeMutablePointer<Float>, rows: Int) {
        let used = count % Self.chunkRows
        if used == 0 {
            chunks.append(Tensor(uninitialized: [Self.chunkRows, width]))
        } else if !isKnownUniquelyReferenced(&chunks[chunks.count - 1].storage) {
            let own = Tensor(uninitialized: [Self.chunkRows, width])
            tk_copy(chunks[chunks.count - 1].pointer, own.pointer, Int64(used * width))
            chunks[chunks.count - 1] = own
        }
        return (chunks[chunks.count - 1].pointer + used * width, min(rows, Self.chunkRows - used))
    }
}

/// Attention to keys and values that are rows of tables. Several batch entries may see the same rows, which are then read
/// once for them. Off the tape.
///
/// - Parameters:
///   - query: `[batch, queries, heads * headWidth]`
///   - keys: rows of the same width
///   - values: the values of the keys, in the same rows
///   - rows: the row of each key that a batch entry sees, `[batch, keys]`
///   - headCount: how many heads share the width
///   - scale: of the scores
///   - bias: added to the scores; broadcast to `[batch, heads, queries, keys]`
/// - Returns: `[batch, queries, heads * headWidth]`
public func attend(
    query: Tensor, keys: RowTable, values: RowTable, at rows: IndexTensor, headCount: Int, scale: Float,
    bias: Tensor? = nil
) -> Tensor {
    guard query.shape[1] <= Int(TK_FEW_QUERIES) else {
        return attend(
            query: query.detached(), key: keys.gathering(rows), value: values.gathering(rows), headCount: headCount,
            scale: scale, bias: bias?.detached())
    }
    precondition(
        query.shape.rank == 3 && rows.shape.rank == 2 && rows.shape[0] == query.shape[0] && rows.shape[1] > 0
            && query.shape[2] == keys.width && keys.width == values.width,
        "query \(query.shape) does not attend to rows \(rows.shape) of widths \(keys.width) and \(values.width)")
    rows.requireRange(min(keys.count, values.count))
    let attention = Attention(
        sources: [query.widened.detached()], offsets: [0], queryCount: query.shape[1], keyCount: rows.shape[1],
        width: query.shape[2], headCount: headCount, scale: scale, bias: bias, dropout: nil)
    let result = Tensor(uninitialized: query.shape)
    attention.withKernel { kernel in
        keys.withChunks { keys in
            values.withChunks { values in tk_attend_rows(kernel, keys, values, rows.scalars, result.pointer) }
        }
    }
    return result
}
