import Tensors

extension Gradients {
    /// Shortens the gradients of these parameters, taken as one vector, to a norm, as `torch.nn.utils.clip_grad_norm_` does.
    ///
    /// - Returns: the norm before.
    @discardableResult
    public mutating func clip(norm limit: Double, of parameters: [Parameter]) -> Double {
        let norm = norm(of: parameters)
        let factor = limit / (norm + 1e-6)
        if factor < 1 { scale(by: Float(factor)) }
        return norm
    }
}
