import Tensors
import TestSupport
import Testing

/// Results that are whole numbers, and questions with a yes or no for an answer.
@Suite struct ChoiceTests {
    @Test func nearestRowsAreThoseOfPyTorch() throws {
        let fixture = try OperationTests.fixture.get()
        let nearest = try fixture.tensor(named: "nearest.rows").nearestRows(
            in: try fixture.tensor(named: "nearest.codebook"))
        #expect(nearest == (try fixture.indexTensor(named: "nearest.indices")))
    }

    @Test(arguments: [(1, 1, 1), (7, 3, 5), (131, 517, 32), (33, 1031, 67)])
    func nearestRowsAreThoseOfTheFullMatrix(rows: Int, entries: Int, width: Int) {
        let codebook = noise([entries, width], seed: 1)
        let input = noise([rows, width], seed: 2)
        let distances = (input.reshaped(to: [rows, 1, width]) - codebook).squared().sum(axis: -1)
        #expect(input.nearestRows(in: codebook) == distances.argmin())
    }

    @Test func theLowestOfEquallyNearRowsIsTaken() {
        let codebook = Tensor([0, 1, 1, 0, 1, 0, 0, 1], shape: [4, 2])
        let input = Tensor([1, 0, 0, 1, 0.5, 0.5], shape: [3, 2])
        #expect(input.nearestRows(in: codebook).scalars == [1, 0, 0])
    }

    @Test(arguments: [1, 2, 7, 16, 33, 1031]) func extremesAreThoseOfALoop(width: Int) {
        let input = noise([13, width], seed: UInt64(width))
        let rows = input.scalars.chunks(of: width)
        #expect(input.argmax().scalars == rows.map { row in Int32(row.firstIndex(of: row.max() ?? 0) ?? -1) })
        #expect(input.argmin().scalars == rows.map { row in Int32(row.firstIndex(of: row.min() ?? 0) ?? -1) })
    }

    @Test func theFirstOfEqualElementsIsTaken() throws {
        let level = Parameter(Tensor(repeating: 2, shape: [3, 41]))
        #expect(level.value.argmax() == IndexTensor([0, 0, 0], shape: [3]))
        #expect(level.value.argmin() == IndexTensor([0, 0, 0], shape: [3]))
        let gradient = try #require(level.value.max(axis: 1).sum().gradients()[level])
        #expect(gradient.scalars.chunks(of: 41).allSatisfy { $0[0] == 1 && $0.dropFirst().allSatisfy { $0 == 0 } })
        let peaks = Tensor((0..<82).map { $0 % 41 == 17 || $0 % 41 == 30 ? 1 : 0 }, shape: [2, 41])
        #expect(peaks.argmax().scalars == [17, 17])
        #expect((-peaks).argmin().scalars == [17, 17])
    }

    @Test(arguments: [1, 8, 100, 1031]) func oneBadElementIsFound(count: Int) {
        let good = noise([count], seed: 1)
        #expect(good.isFinite())
        for place in [0, count / 2, count - 1] {
            for bad in [Float.nan, .infinity, -.infinity] {
                var tensor = good
                tensor.withMutableScalars { $0[place] = bad }
                #expect(!tensor.isFinite())
            }
        }
    }

    @Test func squaresAreSummedInDoublePrecision() {
        let tensor = Tensor(repeating: 0.1, shape: [1000, 1001])
        let exact = 1_001_000 * Double(Float(0.1)) * Double(Float(0.1))
        #expect(abs(tensor.sumOfSquares() - exact) < 1e-7 * exact)
    }

    @Test func aSumOfManyEqualElementsIsNotEatenByRounding() {
        let sum = Tensor(repeating: 0.1, shape: [1 << 20]).sum().scalar
        #expect(abs(sum / Float(1 << 20) - 0.1) < 1e-6)
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<$0 + size]) }
    }
}
