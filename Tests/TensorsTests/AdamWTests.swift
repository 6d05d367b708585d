import Tensors
import TestSupport
import Testing

@Suite struct AdamWTests {
    @Test func fiveStepsAreThoseOfPyTorch() throws {
        let fixture = try OperationTests.fixture.get()
        let parameter = Parameter(try fixture.tensor(named: "adamw.start"))
        var moments = AdamWMoments(zeros: parameter.shape)
        let gradients = try fixture.tensor(named: "adamw.gradients")
        let values = try fixture.tensor(named: "adamw.values")
        for step in 1...gradients.shape[0] {
            let part = { (tensor: Tensor) in tensor.slice(axis: 0, from: step - 1, to: step).reshaped(to: [5, 7]) }
            parameter.stepAdamW(
                gradient: part(gradients), moments: &moments, coefficients: AdamWCoefficients(beta2: 0.98),
                rate: 0.01, decay: 0.05, step: step)
            expectClose(parameter.value, part(values), within: 1e-6, "step \(step)")
        }
    }

    @Test func aStepGoesOnFromSavedMoments() {
        let (one, other) = (Parameter(noise([517], seed: 1)), Parameter(noise([517], seed: 1)))
        var moments = AdamWMoments(zeros: [517])
        func step(_ number: Int, _ parameter: Parameter, _ moments: inout AdamWMoments) {
            parameter.stepAdamW(
                gradient: noise([517], seed: UInt64(number)), moments: &moments, coefficients: AdamWCoefficients(),
                rate: 0.1, decay: 0, step: number)
        }
        for number in 1...2 { step(number, one, &moments) }
        other.value = one.value
        var saved = AdamWMoments(
            first: Tensor(moments.first.scalars, shape: [517]), second: Tensor(moments.second.scalars, shape: [517]))
        step(3, one, &moments)
        step(3, other, &saved)
        expectSameBits(one.value.detached(), other.value.detached())
    }
}
