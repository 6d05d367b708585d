import CTensorKernels

/// The moments that AdamW keeps for a parameter.
public struct AdamWMoments: Sendable {
    /// The running mean of the gradient.
    public var first: Tensor
    /// The running mean of the squared gradient.
    public var second: Tensor

    /// Moments of zero for a shape.
    public init(zeros shape: Shape) {
        first = Tensor(zeros: shape)
        second = Tensor(zeros: shape)
    }

    /// Moments as they were saved.
    public init(first: Tensor, second: Tensor) {
        self.first = first
        self.second = second
    }
}

/// The numbers of AdamW that do not change from step to step.
public struct AdamWCoefficients: Sendable, Hashable {
    /// Decay of the first moment.
    public var beta1: Float
    /// Decay of the second moment.
    public var beta2: Float
    /// Added to the root of the second moment.
    public var epsilon: Float

    /// PyTorch's defaults.
    public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
    }
}

extension Parameter {
    /// One step of AdamW with decoupled decay, in PyTorch's order of operations; `step` counts from 1.
    /// Loshchilov, Hutter: Decoupled Weight Decay Regularization, 2019, algorithm 2.
    public func stepAdamW(
        gradient: Tensor, moments: inout AdamWMoments, coefficients: AdamWCoefficients, rate: Float, decay: Float,
        step: Int
    ) {
        precondition(gradient.shape == shape, "a gradient of shape \(gradient.shape) does not fit \(shape)")
        moments.first.withMutableScalars { first in
            moments.second.withMutableScalars { second in
                update { target in
                    tk_adamw(
                        target.baseAddress, gradient.pointer, first.baseAddress, second.baseAddress,
                        Int64(target.count), rate, coefficients.beta1, coefficients.beta2, coefficients.epsilon,
                        decay, Int64(step))
                }
            }
        }
    }
}
