extension Tensor {
    /// The result of an operation on this tensor that was computed elsewhere, such as in other processes, with its
    /// derivative.
    ///
    /// - Parameters:
    ///   - result: what the operation gave
    ///   - pullback: turns the gradient of the result into that of this tensor
    public func replaced(by result: Tensor, pullback: @escaping (Tensor) -> Tensor) -> Tensor {
        let node = node
        return result.detached().recording(node) { gradient, flow in flow.add(pullback(gradient), to: node) }
    }
}
