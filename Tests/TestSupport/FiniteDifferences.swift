import Foundation
import Tensors
import Testing

/// Expects that the gradients of `function` by each of `inputs` are what central finite differences give.
/// `tolerance` is a share of the greatest element of a gradient.
public func expectGradients(
    at inputs: [Tensor], step: Float = 1 / 32, tolerance: Double = 2e-4, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation, of function: ([Parameter]) -> Tensor
) {
    for (number, difference) in gradientDifferences(at: inputs, step: step, of: function).enumerated() {
        #expect(
            difference.relativeMaximum <= tolerance, "\(name), gradient \(number) by finite differences: \(difference)",
            sourceLocation: sourceLocation)
    }
}

/// How far the gradients of `function` by each of `inputs` are from central finite differences.
///
/// The scalar that is differentiated is the result weighted by fixed numbers and summed, the sum in double precision,
/// so that only the rounding of the function itself disturbs the quotient. With `step` h the quotient
/// (8 f(x+h) - 8 f(x-h) - f(x+2h) + f(x-2h)) / 12h is exact but for terms in h⁴. Inputs must lie further than 2h from
/// any kink.
public func gradientDifferences(
    at inputs: [Tensor], step: Float = 1 / 32, of function: ([Parameter]) -> Tensor
) -> [Difference] {
    let parameters = inputs.map { Parameter($0) }
    let result = function(parameters)
    let weights = cotangent(of: result.shape)
    let gradients = (result * weights).sum().gradients()
    let factors = weights.scalars.map(Double.init)
    func value() -> Double {
        withoutGradients { zip(function(parameters).scalars, factors).reduce(0) { $0 + Double($1.0) * $1.1 } }
    }
    return parameters.enumerated().map { number, parameter in
        let quotients = differenceQuotients(parameter, at: inputs[number], step: step, value)
        let gradient = gradients[parameter] ?? Tensor(zeros: parameter.shape)
        return Difference(gradient.scalars, quotients.scalars, shape: parameter.shape)
    }
}

/// Fixed numbers between -1 and 1, none near 0, to weight a result of this shape with.
public func cotangent(of shape: Shape) -> Tensor {
    Tensor(
        (0..<shape.count).map { place in
            let wave = Float(sin(Double(place) * 2.3 + 0.7))
            return wave < 0 ? wave - 0.2 : wave + 0.2
        }, shape: shape)
}

private func differenceQuotients(
    _ parameter: Parameter, at point: Tensor, step: Float, _ value: () -> Double
) -> Tensor {
    let original = point.scalars
    defer { parameter.value = point }
    return Tensor(
        original.indices.map { place in
            func moved(by offset: Float) -> Double {
                var scalars = original
                scalars[place] += offset
                parameter.value = Tensor(scalars, shape: point.shape)
                return value()
            }
            let near = moved(by: step) - moved(by: -step)
            let far = moved(by: 2 * step) - moved(by: -2 * step)
            return Float((8 * near - far) / (12 * Double(step)))
        }, shape: point.shape)
}
