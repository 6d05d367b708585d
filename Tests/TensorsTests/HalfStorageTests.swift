import Foundation
import Tensors
import TestSupport
import Testing

/// Storage in bfloat16 and float16: rounding as PyTorch's, bytes that are mapped, products that widen.
@Suite struct HalfStorageTests {
    static let types: [ScalarType] = [.bfloat16, .float16]

    @Test(arguments: types) func roundsAsPyTorch(_ type: ScalarType) throws {
        let fixture = try OperationTests.fixture.get()
        let rounded = try fixture.tensor(named: "half.source").stored(as: type)
        let expected = try fixture.tensor(named: "half.\(type.rawValue)")
        #expect(rounded.scalarType == type)
        expectSameBits(rounded, expected)
        expectSameBits(rounded.stored(as: .float32), Tensor(expected.scalars, shape: expected.shape))
    }

    @Test(arguments: types) func wideningAndRoundingAgainChangesNothing(_ type: ScalarType) {
        // Every finite bit pattern; exponent bits that are all ones are left out: infinities and NaNs.
        let exponent: UInt16 = type == .bfloat16 ? 0x7f80 : 0x7c00
        let patterns = (0...UInt16.max).filter { $0 & exponent != exponent }
        let mapped = Self.mapped(patterns, type, [patterns.count])
        expectSameBits(mapped.stored(as: .float32).stored(as: type), mapped)
    }

    @Test(arguments: types) func keepsInfinitiesAndNaN(_ type: ScalarType) {
        let special = Tensor([.infinity, -.infinity, .nan], shape: [3]).stored(as: type).scalars
        #expect(special[0] == .infinity && special[1] == -.infinity && special[2].isNaN)
    }

    @Test func mappedBytesAreSeenInPlaceAndNeverWritten() {
        let buffer = MappedBytes(of: [1, 2, 3, 4, 5, 6] as [Float])
        let tensor = Tensor(bytes: buffer.raw, owner: buffer, type: .float32, shape: [2, 3])
        #expect(tensor.withBytes { $0.baseAddress } == buffer.raw.baseAddress)
        var changed = tensor
        changed.withMutableScalars { $0[0] = 9 }
        #expect(changed.scalars == [9, 2, 3, 4, 5, 6])
        #expect(tensor.scalars == [1, 2, 3, 4, 5, 6])
        expectClose(tensor + 1, Tensor([2, 3, 4, 5, 6, 7], shape: [2, 3]), within: 0)
    }

    @Test func mappedBytesThatAreNotAlignedAreCopied() {
        let buffer = MappedBytes(of: [0, 0x40, 0x40, 0, 0] as [UInt8])
        let odd = UnsafeRawBufferPointer(rebasing: buffer.raw[1..<5])
        #expect(Tensor(bytes: odd, owner: buffer, type: .bfloat16, shape: [2]).scalars == [3, 0])
    }

    @Test(arguments: types) func aHalfWeightMultipliesForwardAndBackward(_ type: ScalarType) throws {
        let fixture = try OperationTests.fixture.get()
        let weight = Parameter(Tensor(zeros: [23, 37]))
        weight.value = try fixture.tensor(named: "half.weight.\(type.rawValue)")
        #expect(weight.isFrozen && weight.storage is HalfWeights && weight.byteCount == 2 * 23 * 37)
        let input = Parameter(try fixture.tensor(named: "half.input"))
        let result = linear(input.value, weight)
        expectClose(result, try fixture.tensor(named: "half.product.\(type.rawValue)"), within: 2e-6)
        let gradients = (result * (try fixture.tensor(named: "half.gradient"))).sum().gradients()
        let expected = try fixture.tensor(named: "half.inputGradient.\(type.rawValue)")
        expectClose(try #require(gradients[input]), expected, within: 2e-6)
        #expect(gradients[weight] == nil)
    }

    @Test(arguments: types) func aHalfWeightTakesBiasAndActivation(_ type: ScalarType) throws {
        let half = try OperationTests.fixture.get().tensor(named: "half.weight.\(type.rawValue)")
        let stored = Parameter(Tensor(zeros: half.shape))
        stored.storage = HalfWeights(half)
        let dense = Parameter(half.stored(as: .float32))
        let bias = Parameter(noise([23], seed: 1))
        let input = Parameter(noise([2, 3, 37], seed: 2))
        for activation in Activation.allCases {
            let results = [stored, dense].map { weight in
                evaluate(
                    { linear($0[0], weight, bias: $0.parameters[1], activation: activation) },
                    at: Operands(parameters: [input, bias]))
            }
            for (one, other) in zip(results[0], results[1]) {
                expectClose(one, other, within: 3e-6, "\(type.rawValue), \(activation.rawValue)")
            }
        }
    }

    @Test(arguments: types) func rowsAndTheWholeOfAHalfWeightAreWidened(_ type: ScalarType) throws {
        let half = try OperationTests.fixture.get().tensor(named: "half.weight.\(type.rawValue)")
        let table = Parameter(Tensor(zeros: half.shape))
        table.value = half
        let ids = IndexTensor([22, 0, 5, 5], shape: [2, 2])
        expectSameBits(embed(ids, table), half.stored(as: .float32).gathering(ids))
        expectSameBits(table.value, half.stored(as: .float32))
        table.storage = nil
        #expect(table.storage == nil)
        expectSameBits(table.value.detached(), half.stored(as: .float32))
    }

    private static func mapped(_ patterns: [UInt16], _ type: ScalarType, _ shape: Shape) -> Tensor {
        let bytes = MappedBytes(of: patterns)
        return Tensor(bytes: bytes.raw, owner: bytes, type: type, shape: shape)
    }
}

/// Memory that a tensor can lie in without owning it.
final class MappedBytes: @unchecked Sendable {
    let raw: UnsafeRawBufferPointer

    init<Element: BitwiseCopyable>(of elements: [Element]) {
        raw = elements.withUnsafeBytes { source in
            let target = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
            target.copyMemory(from: source)
            return UnsafeRawBufferPointer(target)
        }
    }

    deinit { raw.deallocate() }
}
