extension Tensor {
    /// A function of this tensor that is computed without remembering anything, and again when its derivative is wanted:
    /// memory is bought with time. Values and gradients are those of `body(self)`, to the bit if that is a function of
    /// its input and the parameters alone, with no random draws. Chen et al.: Training Deep Nets with Sublinear Memory
    /// Cost, 2016.
    ///
    /// - Parameters:
    ///   - parameters: all parameters that the function uses
    ///   - body: the function
    public func recomputed(using parameters: [Parameter], _ body: @escaping (Tensor) -> Tensor) -> Tensor {
        let leaves = parameters.map(\.gradientNode)
        let precision = ProductPrecision.current
        let output = withoutGradients { body(detached()) }
        let (input, node) = (detached(), node)
        return output.recording([node] + leaves) { gradient, flow in
            let start = node.map { _ in Node() }
            let again = withProducts(in: precision) {
                Node.recording {
                    body(Tensor(shape: input.shape, storage: input.storage, offset: input.offset, node: start))
                }
            }
            guard let end = again.node else { return }
            var inner = GradientFlow()
            inner.add(gradient, to: end)
            for step in Node.walkOrder(from: end) {
                guard let gradient = inner.take(step) else { continue }
                if step === start {
                    flow.add(gradient, to: node)
                } else if step.isLeaf {
                    flow.add(gradient, to: step)
                } else {
                    step.pull(gradient, &inner)
                }
            }
        }
    }
}
