import Tensors

extension Context {
    /// The number, in the batch of all processes, of the first of this process's rows.
    public func firstRow(ofRows count: Int) -> Int { (peers?.rank ?? 0) * count }

    /// The rows of all processes, one below the other, as constants: `[rows, ...]` to `[rows of all, ...]`.
    public func gatheredConstants(_ tensor: Tensor) -> Tensor {
        guard let peers else { return tensor.detached() }
        let all = tensor.detached().withScalars { peers.gather($0) }
        return Tensor(all, shape: tensor.shape.repeated(peers.count))
    }

    /// The rows of all processes, one below the other. A process's rows get the gradients that all processes have for
    /// them.
    public func gathered(_ tensor: Tensor) -> Tensor {
        guard let peers else { return tensor }
        let rows = tensor.shape[0]
        let first = firstRow(ofRows: rows)
        return tensor.replaced(by: gatheredConstants(tensor)) { gradient in
            var sum = gradient
            sum.withMutableScalars { peers.sum($0) }
            return sum.slice(axis: 0, from: first, to: first + rows)
        }
    }

    /// The rows of all processes, one below the other; all have the same number of columns.
    public func gathered(_ tokens: MaskedTokens) -> MaskedTokens {
        guard let peers else { return tokens }
        func gathered(_ indices: IndexTensor) -> IndexTensor {
            IndexTensor(
                indices.scalars.withUnsafeBufferPointer { peers.gather($0) }, shape: indices.shape.repeated(peers.count)
            )
        }
        return MaskedTokens(ids: gathered(tokens.ids), mask: gathered(tokens.mask))
    }
}

extension Shape {
    /// This shape with so many times the rows.
    fileprivate func repeated(_ times: Int) -> Shape { Shape([self[0] * times] + dimensions.dropFirst()) }
}
