import Tensors
import TestSupport
import Testing

@Suite struct ShapeTests {
    @Test func axesAreCountedFromEitherEnd() {
        let shape: Shape = [2, 3, 5]
        #expect(shape.rank == 3 && shape.count == 30 && shape[0] == 2 && shape[-1] == 5)
        #expect(Shape([]).count == 1)
        #expect("\(shape)" == "[2, 3, 5]")
    }

    @Test func aTensorWithoutElementsIsATensor() {
        let empty = Tensor([], shape: [0, 3])
        #expect((empty + 1).scalars.isEmpty)
        #expect(empty.sum().scalar == 0)
        #expect(Tensor.concatenating([empty, noise([2, 3], seed: 1)], axis: 0).shape == [2, 3])
        #expect(empty.isFinite() && empty.sumOfSquares() == 0)
        #expect(empty.softmax().shape == [0, 3])
        #expect(linear(empty, Parameter(noise([2, 3], seed: 1))).shape == [0, 2])
    }

    @Test func indexTensorsAreCutJoinedAndGathered() {
        let ids = IndexTensor(rows: [[1, 2, 3], [4, 5, 6]])
        #expect(ids.slice(axis: 1, from: 1, to: 3) == IndexTensor(rows: [[2, 3], [5, 6]]))
        #expect(ids.slice(axis: 0, from: 1, to: 2).scalars == [4, 5, 6])
        #expect(Array(ids.row(1)) == [4, 5, 6])
        #expect(
            IndexTensor.concatenating([ids, ids.slice(axis: 1, from: 0, to: 1)], axis: 1).scalars
                == [1, 2, 3, 1, 4, 5, 6, 4])
        #expect(ids.gathering(IndexTensor([1, 1, 0], shape: [3])).scalars == [4, 5, 6, 4, 5, 6, 1, 2, 3])
        #expect(ids.mapped { $0 * 2 }.scalars == [2, 4, 6, 8, 10, 12])
        #expect(ids.reshaped(to: [3, 2]).shape == [3, 2])
    }

    /// Rows long enough to be copied in pieces.
    @Test func longRowsAreGatheredAndConcatenated() {
        let (past, next) = (noise([3, 45000], seed: 1), noise([3, 18000], seed: 2))
        let (old, new) = (past.scalars, next.scalars)
        #expect(
            past.gathering(IndexTensor([2, 0], shape: [2])).scalars == [Float](old[90000...] + old[..<45000]))
        let joined = Tensor.concatenating([past, next], axis: 1).scalars
        for row in 0..<3 {
            let place = row * 63000
            #expect(joined[place..<place + 45000] == old[row * 45000..<(row + 1) * 45000])
            #expect(joined[place + 45000..<place + 63000] == new[row * 18000..<(row + 1) * 18000])
        }
    }

    @Test func misuseEndsTheProcess() async {
        await #expect(processExitsWith: .failure) { _ = noise([2, 3], seed: 1) + noise([2, 4], seed: 1) }
        await #expect(processExitsWith: .failure) { _ = noise([2, 3], seed: 1).matrixProduct(noise([2, 3], seed: 1)) }
        await #expect(processExitsWith: .failure) { _ = noise([2, 3], seed: 1).reshaped(to: [5]) }
        await #expect(processExitsWith: .failure) {
            _ = noise([2, 3], seed: 1).gathering(IndexTensor([2], shape: [1]))
        }
        await #expect(processExitsWith: .failure) {
            _ = noise([2, 3], seed: 1).crossEntropy(IndexTensor([0, 3], shape: [2]))
        }
    }
}
