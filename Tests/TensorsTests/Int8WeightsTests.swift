import Tensors
import TestSupport
import Testing

/// Weights in 8 bits: how they are rounded, and products beside those of the same numbers in float32.
@Suite struct Int8WeightsTests {
    /// 70 columns, of which 5 and 41 are a hundred times the others.
    private static func matrix(outputs: Int = 23) -> Tensor {
        var matrix = noise([outputs, 70], seed: 1)
        matrix.withMutableScalars { scalars in
            for place in scalars.indices where [5, 41].contains(place % 70) { scalars[place] *= 100 }
        }
        return matrix
    }

    @Test func elementsAreKeptToHalfAStep() {
        let matrix = noise([9, 65], seed: 2)
        let rounded = Int8Weights(rounding: matrix)
        #expect(rounded.outliers == nil && rounded.byteCount == 9 * 65 + 4 * 9)
        let dense = rounded.dense().scalars
        for (row, scale) in rounded.scales.scalars.enumerated() {
            let places = row * 65..<(row + 1) * 65
            let greatest = places.map { abs(matrix.scalars[$0]) }.max() ?? 0
            #expect(abs(scale * 127 - greatest) < 1e-6)
            #expect(places.allSatisfy { abs(dense[$0] - matrix.scalars[$0]) <= scale * 0.5001 })
        }
        #expect(dense != matrix.scalars)
    }

    @Test func columnsFarAboveTheOthersAreKeptApart() throws {
        let matrix = Self.matrix()
        let rounded = Int8Weights(rounding: matrix)
        #expect(rounded.outlierColumns == [5, 41])
        expectSameBits(
            try #require(rounded.outliers),
            Tensor.concatenating([5, 41].map { matrix.slice(axis: 1, from: $0, to: $0 + 1) }, axis: 1)
                .stored(as: .bfloat16))
        let error = zip(rounded.dense().scalars, matrix.scalars).enumerated()
            .filter { ![5, 41].contains($0.offset % 70) }.map { abs($0.element.0 - $0.element.1) }.max()
        #expect(try #require(error) < 0.5 / 127 + 1e-6)
        expectClose(rounded.dense(), matrix, within: 5e-3)
    }

    /// 1100 rows are rounded in more than one piece.
    @Test(arguments: ScalarType.allCases) func largeMatricesAreRoundedInPiecesToTheSame(_ type: ScalarType) {
        var wide = noise([1100, 512], seed: 7)
        wide.withMutableScalars { scalars in
            for row in 0..<1100 { scalars[row * 512 + 300] *= 50 }
        }
        let matrix = wide.stored(as: type)
        let rounded = Int8Weights(rounding: matrix)
        #expect(rounded.outlierColumns == [300])
        let levels = rounded.levels.withBytes { Array($0.bindMemory(to: Int8.self)) }
        let (elements, scales) = (matrix.scalars, rounded.scales.scalars)
        for row in [0, 1, 1022, 1023, 1024, 1025, 1099] {
            let own = (0..<512).map { $0 == 300 ? 0 : elements[row * 512 + $0] }
            let greatest = own.map { abs($0) }.max() ?? 0
            #expect(scales[row] == greatest / 127)
            let expected = own.map { Int8(($0 * (127 / greatest)).rounded(.toNearestOrEven)) }
            #expect(Array(levels[row * 512..<(row + 1) * 512]) == expected, "row \(row)")
        }
        expectSameBits(rounded.outliers ?? matrix, matrix.slice(axis: 1, from: 300, to: 301).stored(as: .bfloat16))
    }

    @Test func whatWasMappedIsLetGoOf() {
        for format in [WeightFormat.bfloat16, .int8] {
            let memory = CountedMemory(of: noise([6, 70], seed: 5).stored(as: .float16))
            let weight = Parameter(memory.tensor)
            #expect(memory.released == nil)
            weight.store(as: format)
            #expect(
                memory.released?.baseAddress == memory.bytes.raw.baseAddress && memory.released?.count == 6 * 70 * 2)
            expectClose(weight.value, noise([6, 70], seed: 5), within: 1e-2)
        }
    }

    @Test func zerosAndTinyRowsStayFinite() {
        let tiny = Float.leastNonzeroMagnitude
        let matrix = Tensor([0, 0, tiny, -tiny, 3, -4], shape: [3, 2])
        #expect(Int8Weights(rounding: matrix).dense().scalars.map { ($0 * 127).rounded() } == [0, 0, 0, 0, 380, -508])
    }

    /// But for the rounding of the inputs, fine for few rows and to 8 bits for many, and of outliers to bfloat16.
    @Test(arguments: [1, 2, 3, 5, 8, 9, 40], [4, 23, 130])
    func productsAreThoseOfTheSameNumbersInFloat32(rows: Int, outputs: Int) throws {
        let rounded = Int8Weights(rounding: Self.matrix(outputs: outputs))
        let (stored, dense) = (Parameter(Tensor(zeros: rounded.shape)), Parameter(rounded.dense()))
        stored.storage = rounded
        let input = Parameter(noise([rows, 70], seed: 3))
        let bias = Parameter(noise([outputs], seed: 4))
        let results = [stored, dense].map { weight in
            evaluate(
                { linear($0[0], weight, bias: $0.parameters[1], activation: .gelu) },
                at: Operands(parameters: [input, bias]))
        }
        for (one, other) in zip(results[0], results[1]) {
            if rows <= 8 { expectClose(one, other, within: 1e-4) }
            #expect(Difference(one.scalars, other.scalars, shape: other.shape).relativeNorm < 3e-2)
        }
    }

    /// The derivative by the input is that of the weight's numbers, whatever the input was rounded to.
    @Test(arguments: [1, 9, 40], [4, 23, 300]) func gradientsAreMultipliedInFloat32(rows: Int, outputs: Int) throws {
        let rounded = Int8Weights(rounding: Self.matrix(outputs: outputs))
        let input = Parameter(noise([rows, 70], seed: 3))
        let results = [Parameter(storage: rounded), Parameter(rounded.dense())].map { weight in
            evaluate({ linear($0[0], weight) }, at: Operands(parameters: [input]))
        }
        expectClose(results[0][1], results[1][1], within: 3e-6)
    }

    @Test func rowsAreLookedUp() {
        let rounded = Int8Weights(rounding: Self.matrix())
        let table = Parameter(Tensor(zeros: rounded.shape))
        table.storage = rounded
        let ids = IndexTensor([3, 22, 3], shape: [3])
        let expected = [3, 22, 3].map { rounded.dense().slice(axis: 0, from: $0, to: $0 + 1) }
        expectSameBits(embed(ids, table), Tensor.concatenating(expected, axis: 0))
    }

    @Test func theNumbersComeBackFromTheirBytes() {
        let rounded = Int8Weights(rounding: Self.matrix())
        let bytes = rounded.levels.withBytes { MappedBytes(of: Array($0)) }
        let again = Int8Weights(
            levels: Int8Weights.Levels(bytes: bytes.raw, owner: bytes), scales: rounded.scales, inputs: 70,
            outlierColumns: rounded.outlierColumns, outliers: rounded.outliers)
        expectSameBits(again.dense(), rounded.dense())
    }

    @Test func aWeightTakesEveryStorageType() {
        let matrix = noise([6, 70], seed: 5)
        let (weight, bias) = (Parameter(matrix), Parameter(noise([6], seed: 6)))
        var formats = WeightFormat.allCases
        formats += formats.reversed()
        for format in formats {
            weight.store(as: format)
            bias.store(as: format)
            #expect(weight.byteCount == [.float32: 4, .bfloat16: 2, .float16: 2][format].map { $0 * 420 } ?? 420 + 24)
            #expect((weight.storage == nil) == (format == .float32))
            expectClose(weight.value, matrix, within: 1e-2)
        }
        #expect(bias.storage == nil && !bias.isFrozen)
    }
}

/// Memory that says what was let go of.
final class CountedMemory: ReleasableMemory, @unchecked Sendable {
    let bytes: MappedBytes
    private let type: ScalarType
    private let shape: Shape
    private(set) var released: UnsafeRawBufferPointer?

    init(of tensor: Tensor) {
        bytes = tensor.withBytes { MappedBytes(of: Array($0)) }
        (type, shape) = (tensor.scalarType, tensor.shape)
    }

    var tensor: Tensor { Tensor(bytes: bytes.raw, owner: self, type: type, shape: shape) }

    func release(_ bytes: UnsafeRawBufferPointer) { released = bytes }
}
