import CTensorKernels

extension Tensor {
    /// e to the power of every element.
    public func exp() -> Tensor {
        let result = mapped(TK_EXP)
        return result.recording(node) { [node] gradient, flow in flow.add(gradient * result, to: node) }
    }

    /// The natural logarithm of every element.
    public func log() -> Tensor {
        mapped(TK_LOG).recording(node) { gradient, flow in flow.add(gradient / detached(), to: node) }
    }

    /// The hyperbolic tangent of every element.
    public func tanh() -> Tensor { activated(.tanh) }

    /// The square root of every element.
    public func squareRoot() -> Tensor {
        let result = mapped(TK_SQRT)
        return result.recording(node) { [node] gradient, flow in flow.add(gradient / (result * 2), to: node) }
    }

    /// The square of every element.
    public func squared() -> Tensor {
        mapped(TK_SQUARE).recording(node) { gradient, flow in flow.add(gradient * detached() * 2, to: node) }
    }

    private func mapped(_ map: tk_map) -> Tensor {
        let argument = widened
        let result = Tensor(uninitialized: shape)
        tk_map_apply(map, argument.pointer, result.pointer, Int64(count))
        return result
    }

    /// The mean of the squared differences of two tensors of one shape, a scalar.
    public func meanSquaredError(to target: Tensor) -> Tensor {
        precondition(shape == target.shape, "shapes \(shape) and \(target.shape) are not compared")
        return (self - target).squared().mean()
    }

    /// Zeroes elements at random and divides the others by what share is kept. Which are zeroed is a function of the
    /// key, of `firstSample` plus the index on the first axis, and of the place in the rest, so that it does not
    /// depend on how samples are batched.
    public func dropout(rate: Float, key: RandomKey, firstSample: Int = 0) -> Tensor {
        precondition(rate >= 0 && rate < 1, "a dropout rate lies in 0..<1, not at \(rate)")
        if rate == 0 { return self }
        let sampleCount = shape.rank == 0 ? 1 : shape[0]
        let first = UInt64(firstSample) * UInt64(count / Swift.max(sampleCount, 1))
        return masked(rate: rate, key: key, first: first).recording(node) { [node] gradient, flow in
            flow.add(gradient.masked(rate: rate, key: key, first: first), to: node)
        }
    }

    private func masked(rate: Float, key: RandomKey, first: UInt64) -> Tensor {
        let source = widened
        let result = Tensor(uninitialized: shape)
        tk_dropout(source.pointer, result.pointer, Int64(count), rate, key.bits, first)
        return result
    }
}
