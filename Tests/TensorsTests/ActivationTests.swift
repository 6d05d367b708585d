import Foundation
import Tensors
import TestSupport
import Testing

/// Activations and their derivatives against the same functions in double precision, also where they level off.
@Suite struct ActivationTests {
    /// A function and its derivative.
    private struct Reference {
        let value, slope: @Sendable (Double) -> Double
    }

    private static func reference(_ activation: Activation) -> Reference? {
        let root = (2 / Double.pi).squareRoot()
        switch activation {
        case .gelu:
            return Reference(
                value: { $0 * erfc(-$0 / 2.0.squareRoot()) / 2 },
                slope: { erfc(-$0 / 2.0.squareRoot()) / 2 + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() })
        case .geluTanh:
            return Reference(
                value: { $0 * (1 + Foundation.tanh(root * ($0 + 0.044715 * $0 * $0 * $0))) / 2 },
                slope: {
                    let t = Foundation.tanh(root * ($0 + 0.044715 * $0 * $0 * $0))
                    return (1 + t) / 2 + $0 * root * (1 + 3 * 0.044715 * $0 * $0) * (1 - t * t) / 2
                })
        case .silu:
            return Reference(
                value: { $0 / (1 + exp(-$0)) },
                slope: { (1 + exp(-$0) * (1 + $0)) / pow(1 + exp(-$0), 2) })
        case .tanh: return Reference(value: { Foundation.tanh($0) }, slope: { 1 - pow(Foundation.tanh($0), 2) })
        case .identity, .relu: return nil
        }
    }

    /// Places from -12 to 12, an odd number of them.
    private static let places = (0...4801).map { Float($0) / 200 - 12 } + [-1e30, 1e30, 0, 1e-30]

    @Test(arguments: [Activation.gelu, .geluTanh, .silu, .tanh])
    func equalsTheFunction(_ activation: Activation) throws {
        let reference = try #require(Self.reference(activation))
        let input = Parameter(Tensor(Self.places, shape: [Self.places.count]))
        let result = input.value.activated(activation)
        let slopes = try #require(result.sum().gradients()[input])
        var (valueError, slopeError) = (GreatestError(), GreatestError())
        for (place, (value, slope)) in zip(Self.places, zip(result.scalars, slopes.scalars)) where abs(place) < 20 {
            let x = Double(place)
            valueError.note(abs(Double(value) - reference.value(x)) / max(1, abs(x)), at: place)
            slopeError.note(abs(Double(slope) - reference.slope(x)), at: place)
        }
        #expect(valueError.greatest <= 3e-7, "\(activation.rawValue): \(valueError)")
        #expect(slopeError.greatest <= 1e-6, "derivative of \(activation.rawValue): \(slopeError)")
    }

    private struct GreatestError {
        var (greatest, place) = (0.0, Float.nan)

        mutating func note(_ error: Double, at place: Float) {
            // NaN is the greatest.
            if !greatest.isNaN, !(error <= greatest) { (greatest, self.place) = (error, place) }
        }
    }

    @Test func levelsOffExactly() throws {
        let far = Tensor([-1e30, -40, 40, 1e30], shape: [4])
        #expect(far.activated(.tanh).scalars == [-1, -1, 1, 1])
        for activation in [Activation.gelu, .geluTanh] {
            let input = Parameter(far)
            let result = input.value.activated(activation)
            #expect(result.scalars[0] == 0 && result.scalars[1] == 0, "\(activation.rawValue) far below zero")
            let slopes = try #require(result.sum().gradients()[input]).scalars
            #expect(slopes[0] == 0 && slopes[1] == 0, "derivative of \(activation.rawValue) far below zero")
            expectClose(Tensor(Array(slopes[2...]), shape: [2]), Tensor(repeating: 1, shape: [2]), within: 3e-7)
        }
        let near = Tensor(Self.places, shape: [Self.places.count]).activated(.tanh).scalars
        #expect(near.allSatisfy { abs($0) <= 1 })
    }
}
