import Tensors
import TestSupport
import Testing

/// Products with stored weights against the same arithmetic done slowly: which inputs are rounded, and to what, is the
/// same for every processor, and the sums of int8 are exact.
@Suite struct PackedProductTests {
    /// Few rows and many, panels of sixteen outputs that are and are not whole, words that are not.
    static let extents = [
        (1, 1, 1), (1, 4, 3), (2, 16, 64), (3, 17, 70), (5, 130, 515), (8, 40, 257), (9, 23, 70), (13, 64, 1409),
        (40, 130, 515), (133, 33, 66), (270, 70, 130),
    ].map { ProductTests.Extents(m: $0.0, n: $0.1, k: $0.2) }

    private static let mostFewRows = 8
    private static let formats: [WeightFormat] = [.bfloat16, .float16, .int8]

    /// Every fourth row has an element far above the others, and one row is zero.
    private func input(_ extents: ProductTests.Extents) -> Tensor {
        var input = noise([extents.m, extents.k], seed: 1)
        input.withMutableScalars { scalars in
            for row in 0..<extents.m {
                if row % 4 == 1 { scalars[row * extents.k + row % extents.k] *= 100 }
                guard row == 6 else { continue }
                for place in row * extents.k..<(row + 1) * extents.k { scalars[place] = 0 }
            }
        }
        return input
    }

    /// ReLU of sums in double precision and a bias.
    private func expected(_ taken: [Double], _ weight: [Double], _ bias: Tensor, _ extents: ProductTests.Extents)
        -> Tensor
    {
        let shifts = bias.scalars
        let sums = (0..<extents.m * extents.n).map { place -> Float in
            let (row, column) = (place / extents.n, place % extents.n)
            var sum = Double(shifts[column])
            for step in 0..<extents.k { sum += taken[row * extents.k + step] * weight[column * extents.k + step] }
            return Float(max(sum, 0))
        }
        return Tensor(sums, shape: [extents.m, extents.n])
    }

    private func product(_ input: Tensor, _ storage: any WeightStorage, _ bias: Tensor) -> Tensor {
        linear(input, Parameter(storage: storage), bias: Parameter(bias), activation: .relu).detached()
    }

    @Test(arguments: extents) func manyRowsAreRoundedToBfloat16AndFewAreNot(_ extents: ProductTests.Extents) {
        let (input, bias) = (input(extents), noise([extents.n], seed: 3))
        let weight = noise([extents.n, extents.k], seed: 2).stored(as: .bfloat16)
        let taken = extents.m > Self.mostFewRows ? input.stored(as: .bfloat16) : input
        expectClose(
            product(input, HalfWeights(weight), bias),
            expected(taken.scalars.map { Double($0) }, weight.scalars.map { Double($0) }, bias, extents), within: 2e-6)
    }

    @Test(arguments: extents) func noRowIsRoundedForFloat16(_ extents: ProductTests.Extents) {
        let (input, bias) = (input(extents), noise([extents.n], seed: 3))
        let weight = noise([extents.n, extents.k], seed: 2).stored(as: .float16)
        expectClose(
            product(input, HalfWeights(weight), bias),
            expected(input.scalars.map { Double($0) }, weight.scalars.map { Double($0) }, bias, extents), within: 2e-6)
    }

    /// Rows of the identity take elements as they are, subnormal ones too: forward by columns, back by rows.
    @Test(arguments: [ScalarType.bfloat16, .float16], [5, 64])
    func everyFiniteElementIsWidenedExactly(_ type: ScalarType, rows: Int) throws {
        let exponent: UInt16 = type == .bfloat16 ? 0x7f80 : 0x7c00
        let patterns = (0...UInt16.max).filter { $0 & exponent != exponent }
        let bytes = MappedBytes(of: patterns)
        let half = Tensor(bytes: bytes.raw, owner: bytes, type: type, shape: [patterns.count / 64, 64])
        let weight = Parameter(storage: HalfWeights(half))
        let input = Parameter(identity(64).slice(axis: 0, from: 0, to: rows))
        let result = linear(input.value, weight)
        let dense = half.stored(as: .float32)
        #expect(result.scalars == dense.transposed([1, 0]).slice(axis: 0, from: 0, to: rows).scalars)
        let gradient = identity(half.shape[0]).slice(axis: 0, from: 128, to: 128 + rows)
        let gradients = (result * gradient).sum().gradients()
        #expect(try #require(gradients[input]).scalars == dense.slice(axis: 0, from: 128, to: 128 + rows).scalars)
    }

    private func identity(_ width: Int) -> Tensor {
        Tensor(shape: [width, width]) { elements in
            for place in elements.indices { elements[place] = place % (width + 1) == 0 ? 1 : 0 }
        }
    }

    @Test(arguments: [ScalarType.bfloat16, .float16], [3, 20])
    func anElementThatIsNotFiniteSpoilsItsOutputAlone(_ type: ScalarType, rows: Int) {
        for special in [Float.nan, .infinity] {
            var matrix = noise([40, 71], seed: 2)
            let clean = Parameter(storage: HalfWeights(matrix.stored(as: type)))
            matrix.withMutableScalars { $0[17 * 71 + 70] = special }
            let spoilt = Parameter(storage: HalfWeights(matrix.stored(as: type)))
            let input = noise([rows, 71], seed: 1)
            let (result, expected) = (linear(input, spoilt).scalars, linear(input, clean).scalars)
            for (place, value) in result.enumerated() {
                #expect(place % 40 == 17 ? !value.isFinite : value == expected[place])
            }
        }
    }

    /// What a product with int8 takes for a row: whole numbers up to 127, or up to what a 32-bit sum has room for where
    /// rows are few or one of the elements is ten times as large as their root mean square.
    private func rounded(_ row: ArraySlice<Float>, isFew: Bool) -> [Double] {
        let greatest = row.reduce(0) { max($0, abs($1)) }
        guard greatest > 0 else { return row.map { _ in 0 } }
        let squares = row.reduce(0.0) { $0 + Double($1) * Double($1) }
        let isLarge = isFew || Double(greatest) * Double(greatest) > 100 * squares / Double(row.count)
        let levels = Float(min(isLarge ? 32767 : 127, Int(Int32.max) / (127 * row.count)))
        return row.map { Double(($0 * (levels / greatest)).rounded(.toNearestOrEven)) * Double(greatest / levels) }
    }

    @Test(arguments: extents) func inputsOfInt8AreRoundedByRows(_ extents: ProductTests.Extents) {
        let (input, bias) = (input(extents), noise([extents.n], seed: 3))
        let weight = Int8Weights(rounding: noise([extents.n, extents.k], seed: 2))
        #expect(weight.outliers == nil)
        let scales = weight.scales.scalars
        let exact = weight.levels.withBytes { bytes in
            bytes.enumerated().map { Double(Int8(bitPattern: $1)) * Double(scales[$0 / extents.k]) }
        }
        let elements = input.scalars
        let taken = (0..<extents.m).flatMap {
            rounded(elements[$0 * extents.k..<($0 + 1) * extents.k], isFew: extents.m <= Self.mostFewRows)
        }
        expectClose(product(input, weight, bias), expected(taken, exact, bias, extents), within: 1e-6)
    }

    @Test(arguments: formats) func rowsDoNotDependOnEachOther(_ format: WeightFormat) {
        let weight = Parameter(noise([70, 515], seed: 2))
        weight.store(as: format)
        let input = input(ProductTests.Extents(m: 150, n: 70, k: 515))
        let all = linear(input, weight).detached()
        for (from, to) in [(0, 9), (1, 140), (50, 150)] {
            let some = linear(input.slice(axis: 0, from: from, to: to), weight).detached()
            expectSameBits(some, all.slice(axis: 0, from: from, to: to), "\(from) to \(to)")
        }
    }

    @Test(arguments: formats, [3, 20])
    func aRowThatIsNotFiniteSpoilsItselfAlone(_ format: WeightFormat, rows: Int) {
        let weight = Parameter(noise([40, 70], seed: 2))
        weight.store(as: format)
        let clean = noise([rows, 70], seed: 1)
        for special in [Float.nan, .infinity] {
            var input = clean
            input.withMutableScalars { $0[70 + 5] = special }
            let (result, expected) = (linear(input, weight).scalars, linear(clean, weight).scalars)
            for (place, value) in result.enumerated() {
                #expect(place / 40 == 1 ? !value.isFinite : value == expected[place])
            }
        }
    }

    /// The first product of many rows takes the matrix as it lies; the second and one of few rows bring it into their order.
    @Test(arguments: [ScalarType.bfloat16, .float16], extents.filter { $0.m > mostFewRows })
    func theFirstProductHasTheBitsOfTheNext(_ type: ScalarType, _ extents: ProductTests.Extents) {
        let weight = Parameter(storage: HalfWeights(noise([extents.n, extents.k], seed: 2).stored(as: type)))
        let bias = Parameter(noise([extents.n], seed: 3))
        let (input, before) = (input(extents), weight.value.detached())
        let first = linear(input, weight, bias: bias, activation: .gelu).detached()
        expectSameBits(weight.value.detached(), before, "as it lies")
        expectSameBits(linear(input, weight, bias: bias, activation: .gelu).detached(), first, "the product")
        expectSameBits(weight.value.detached(), before, "packed")
    }

    @Test(arguments: formats) func aMatrixThatWasMultipliedComesBackAsItWas(_ format: WeightFormat) {
        let matrix = noise([37, 71], seed: 2).stored(as: format.scalarType ?? .float16)
        let memory = CountedMemory(of: matrix)
        let storage: any WeightStorage =
            format == .int8 ? Int8Weights(rounding: memory.tensor) : HalfWeights(memory.tensor)
        let weight = Parameter(storage: storage)
        let (before, row) = (weight.value.detached(), IndexTensor([36, 0], shape: [2]))
        let looked = embed(row, weight)
        #expect(memory.released == nil)
        _ = linear(noise([2, 71], seed: 3), weight)
        // The bytes of the file are no longer needed: the product made its own.
        #expect((memory.released != nil) == (format != .int8))
        expectSameBits(weight.value.detached(), before)
        expectSameBits(embed(row, weight), looked)
        if let int8 = storage as? Int8Weights {
            let again = Int8Weights(levels: int8.levels, scales: int8.scales, inputs: 71)
            expectSameBits(again.dense(), before)
        } else {
            weight.store(as: .float32)
            expectSameBits(weight.value.detached(), matrix.stored(as: .float32))
        }
    }
}
