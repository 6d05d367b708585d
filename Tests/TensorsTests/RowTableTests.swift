import Tensors
import TestSupport
import Testing

/// Tables that grow by rows, and attention to them.
@Suite struct RowTableTests {
    @Test func rowsKeepTheirNumbers() {
        var table = RowTable()
        table.append(Tensor([1, 2, 3, 4], shape: [1, 2, 2]))
        let copy = table
        for value in 5..<40 { table.append(Tensor(repeating: Float(value), shape: [2])) }
        #expect(table.count == 37 && copy.count == 2)
        let rows = table.gathering(IndexTensor([1, 36, 0], shape: [3, 1]))
        #expect(rows.shape == [3, 1, 2])
        #expect(rows.scalars == [3, 4, 39, 39, 1, 2])
    }

    /// The copy's next row does not show in the table, although both had the same memory with room for it.
    @Test func copiesGrowApart() {
        var table = RowTable()
        table.append(Tensor(repeating: 1, shape: [4, 3]))
        table.append(Tensor(repeating: 2, shape: [1, 3]))
        var copy = table
        table.append(Tensor(repeating: 3, shape: [1, 3]))
        copy.append(Tensor(repeating: 4, shape: [1, 3]))
        let last = IndexTensor([5], shape: [1])
        #expect(table.gathering(last).scalars == [3, 3, 3])
        #expect(copy.gathering(last).scalars == [4, 4, 4])
    }

    struct Extents: CustomTestStringConvertible {
        let batch, queries, keys, headWidth: Int
        var testDescription: String { "\(batch) x \(queries) queries, \(keys) keys, heads of \(headWidth)" }
    }

    /// Heads of whole runs of vectors and with a rest, batches of more entries than a tile has, many queries.
    static let extents = [
        Extents(batch: 1, queries: 1, keys: 1, headWidth: 4), Extents(batch: 5, queries: 1, keys: 60, headWidth: 80),
        Extents(batch: 19, queries: 1, keys: 7, headWidth: 13), Extents(batch: 8, queries: 2, keys: 62, headWidth: 88),
        Extents(batch: 9, queries: 4, keys: 9, headWidth: 64), Extents(batch: 2, queries: 5, keys: 9, headWidth: 64),
    ]

    @Test(arguments: extents, [false, true])
    func attentionEqualsThatToTheRowsThemselves(_ extents: Extents, hasBias: Bool) {
        let width = 3 * extents.headWidth
        let tables = (keys: noise([40, width], seed: 1), values: noise([40, width], seed: 2))
        var (keys, values) = (RowTable(), RowTable())
        keys.append(tables.keys)
        values.append(tables.values)
        let rows = IndexTensor(
            (0..<extents.batch * extents.keys).map { Int32($0 * 17 % 40) }, shape: [extents.batch, extents.keys])
        let query = noise([extents.batch, extents.queries, width], seed: 3)
        let bias = hasBias ? noise([extents.batch, 3, extents.queries, extents.keys], seed: 4) : nil
        let result = attend(query: query, keys: keys, values: values, at: rows, headCount: 3, scale: 0.3, bias: bias)
        let expected = attend(
            query: query, key: tables.keys.gathering(rows), value: tables.values.gathering(rows), headCount: 3,
            scale: 0.3, bias: bias)
        expectClose(result, expected, within: 1e-6)
    }

    @Test func misuseEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            var table = RowTable()
            table.append(Tensor(zeros: [2, 3]))
            table.append(Tensor(zeros: [2, 4]))
        }
        await #expect(processExitsWith: .failure) {
            var table = RowTable()
            table.append(Tensor(zeros: [2, 3]))
            _ = table.gathering(IndexTensor([2], shape: [1]))
        }
        await #expect(processExitsWith: .failure) {
            var table = RowTable()
            table.append(Tensor(zeros: [2, 4]))
            _ = attend(
                query: Tensor(zeros: [1, 1, 4]), keys: table, values: table, at: IndexTensor([2], shape: [1, 1]),
                headCount: 1, scale: 1)
        }
    }
}
