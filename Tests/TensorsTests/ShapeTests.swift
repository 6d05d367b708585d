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
    @Test func rowsFollowedByOthersAreGatheredAndConcatenated() throws {
        let rows = IndexTensor([2, 0, 2, 2], shape: [4])
        let (past, next) = (Parameter(noise([3, 5, 9000], seed: 1)), Parameter(noise([4, 2, 9000], seed: 2)))
        let weights = noise([4, 7, 9000], seed: 3)
        func results(_ joined: Tensor) throws -> [[Float]] {
            let gradients = (joined * weights).sum().gradients()
            return [joined.scalars] + (try [past, next].map { try #require(gradients[$0]).scalars })
        }
        let apart = try results(
            .concatenating([past.value.gathering(rows), next.value], axis: 1))
        #expect(try results(past.value.gathering(rows, followedBy: next.value)) == apart)
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
