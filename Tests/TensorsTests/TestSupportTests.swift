import Tensors
import TestSupport
import Testing

/// The helpers must be able to fail.
@Suite struct TestSupportTests {
    @Test func aDifferenceNamesTheWorstPlaceAndBothValues() {
        let difference = Difference([1, 2, 3, 4.5, 5, 6], [1, 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(difference.worstIndex == [1, 0])
        #expect(difference.worst.actual == 4.5 && difference.worst.expected == 4)
        #expect(difference.maximum == 0.5)
        #expect(abs(difference.relativeNorm - 0.5 / 91.squareRoot()) < 1e-12)
        #expect("\(difference)".contains("[2, 3]"))
    }

    @Test func onlyNaNEqualsNaNAndInfinityInfinity() {
        #expect(Difference([.nan, .infinity], [.nan, .infinity], shape: [2]).maximum == 0)
        for bad in [Float.nan, .infinity] {
            #expect(Difference([bad, 1], [0, 1], shape: [2]).maximum == .infinity)
            #expect(Difference([0, 1], [bad, 1], shape: [2]).maximum == .infinity)
        }
    }

    @Test func theToleranceIsAShareOfTheGreatestValueExpected() {
        #expect(abs(Difference([100, 1.5], [100, 1], shape: [2]).relativeMaximum - 0.005) < 1e-12)
        #expect(Difference([0.25, 0], [0, 0], shape: [2]).relativeMaximum == 0.25)
        #expect(Difference([0, 0], [0, -0.0], shape: [2]).relativeMaximum == 0)
    }

    @Test func aWrongDerivativeIsFarFromFiniteDifferences() {
        let input = noise([3, 5], seed: 1) * 3
        let half = gradientDifferences(at: [input]) { $0[0].value * $0[0].value.detached() }
        #expect(abs(half[0].relativeNorm - 0.5) < 1e-4)
    }

    @Test func theGradientOfOneGELUIsNotThatOfTheOther() {
        let differences = gradientDifferences(at: [noise([3, 5], seed: 1) * 3]) { parameters in
            let value = parameters[0].value
            let approximation = value.activated(.geluTanh)
            return approximation + (value.activated(.gelu) - approximation).detached()
        }
        #expect(differences[0].relativeMaximum > 2e-4)
    }
}
