import Tensors
import TestSupport
import Testing

/// What an operation is given: parameters to differentiate by, and operands that cannot be differentiated.
struct Operands {
    let parameters: [Parameter]
    var constants: [Tensor] = []
    var indices: [IndexTensor] = []

    /// The value of a parameter, on the tape.
    subscript(number: Int) -> Tensor { parameters[number].value }
}

/// An operation of the library under the name that its case in the fixture bears.
struct Operation: Sendable, CustomTestStringConvertible {
    let name: String
    /// The step of finite differences: wider where the result is itself a sum in float32.
    let step: Float
    let function: @Sendable (Operands) -> Tensor

    init(_ name: String, step: Float = 1 / 64, _ function: @escaping @Sendable (Operands) -> Tensor) {
        self.name = name
        self.step = step
        self.function = function
    }

    var testDescription: String { name }

    /// Every operation that is compared with PyTorch and with finite differences.
    static let all = arithmetic + products + layouts + reductions + elementwise + rows + losses + weights + attention
}

/// The result of a function and the gradients of its weighted sum by every parameter.
func evaluate(_ function: (Operands) -> Tensor, at operands: Operands, cotangent: Tensor? = nil) -> [Tensor] {
    let result = function(operands)
    let weights = cotangent ?? TestSupport.cotangent(of: result.shape)
    let gradients = (result * weights).sum().gradients()
    return [result.detached()] + operands.parameters.map { gradients[$0] ?? Tensor(zeros: $0.shape) }
}
