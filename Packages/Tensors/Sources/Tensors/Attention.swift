import CTensorKernels

/// Dropout on attention probabilities; which are zeroed is a function of the key, the sample, the head and the place.
public struct AttentionDropout: Sendable {
    /// The share of probabilities that are zeroed.
    public var rate: Float
    /// Names the draws.
    public var key: RandomKey
    /// The number of the batch's first sample.
    public var firstSample: Int

    /// Dropout with these draws.
    public init(rate: Float, key: RandomKey, firstSample: Int = 0) {
        self.rate = rate
        self.key = key
        self.firstSample = firstSample
    }
}

/// Scaled dot-product attention with several heads: `softmax(scale · query · keyᵀ + bias) · value` for each head.
///
/// - Parameters:
///   - query: `[batch, queries, heads * headWidth]`
///   - key: `[batch, keys, heads * headWidth]`
///   - value: `[batch, keys, heads * headWidth]`
///   - bias: added to the scores; broadcast to `[batch, heads, queries, keys]`
///   - dropout: acts on the probabilities
/// - Returns: `[batch, queries, heads * headWidth]`
///
/// The derivative keeps one number for each query and head and computes the probabilities again.
/// Vaswani et al.: Attention Is All You Need, 2017, section 3.2.
public func attend(
    query: Tensor, key: Tensor, value: Tensor, headCount: Int, scale: Float, bias: Tensor? = nil,
    dropout: AttentionDropout? = nil
) -> Tensor {
    precondition(
        query.shape.rank == 3 && key.shape.rank == 3 && key.shape == value.shape && query.shape[0] == key.shape[0]
            && query.shape[2] == key.shape[2],
        "query \(query.shape), key \(key.shape) and value \(value.shape) do not attend")
    let operands = [query, key, value].map { $0.widened.detached() }
    let attention = Attention(
        sources: operands, offsets: [0, 0, 0], queryCount: query.shape[1], keyCount: key.shape[1],
        width: query.shape[2], headCount: headCount, scale: scale, bias: bias, dropout: dropout)
    let (result, logSumExp) = attention.forward()
    let nodes = [query.node, key.node, value.node]
    return result.recording(nodes + [bias?.node]) { gradient, flow in
        let targets = operands.map { Tensor(uninitialized: $0.shape) }
        let biasGradient = attention.backward(result, logSumExp, gradient, into: targets, biasNode: bias?.node)
        for (node, target) in zip(nodes, targets) { flow.add(target, to: node) }
        if let biasGradient { flow.add(biasGradient, to: bias?.node) }
    }
}

/// Self-attention over query, key and value that lie side by side, `[batch, tokens, 3 * heads * headWidth]`, as one
/// fused projection leaves them. Otherwise as `attend(query:key:value:headCount:scale:bias:dropout:)`.
public func attend(
    fused: Tensor, headCount: Int, scale: Float, bias: Tensor? = nil, dropout: AttentionDropout? = nil
) -> Tensor {
    precondition(fused.shape.rank == 3 && fused.shape[2] % 3 == 0, "\(fused.shape) is no fused projection")
    let width = fused.shape[2] / 3
    let operand = fused.widened.detached()
    let attention = Attention(
        sources: [operand, operand, operand], offsets: [0, width, 2 * width], queryCount: fused.shape[1],
        keyCount: fused.shape[1], width: width, headCount: headCount, scale: scale, bias: bias, dropout: dropout)
    let (result, logSumExp) = attention.forward()
    return result.recording(fused.node, bias?.node) { gradient, flow in
        let target = Tensor(uninitialized: operand.shape)
        let biasGradient = attention.backward(
            result, logSumExp, gradient, into: [target, target, target], biasNode: bias?.node)
        flow.add(target, to: fused.node)
        if let biasGradient { flow.add(biasGradient, to: bias?.node) }
    }
}

/// One call of the attention kernels: where the operands lie, and their extents.
struct Attention: Sendable {
    /// Query, key and value, or the query alone where keys and values lie in tables, and where each starts in a row of its
    /// source.
    let sources: [Tensor]
    let offsets: [Int]
    let queryCount: Int
    let keyCount: Int
    let width: Int
    let headCount: Int
    let scale: Float
    let bias: Tensor?
    let dropout: AttentionDropout?
    let precision = ProductPrecision.current

    init(
        sources: [Tensor], offsets: [Int], queryCount: Int, keyCount: Int, width: Int, headCount: Int, scale: Float,
        bias: Tensor?, dropout: AttentionDropout?
    ) {
        precondition(headCount > 0 && width % headCount == 0, "width \(width) does not divide into \(headCount) heads")
        self.sources = sources
        self.offsets = offsets
        self.queryCount = queryCount
        self.keyCount = keyCount
        self.width = width
        self.headCount = headCount
        self.scale = scale
        self.bias = bias?.widened.detached()
        self.dropout = dropout
    }

    private var batch: Int { sources[0].shape[0] }
    private var scoreShape: Shape { [batch, headCount, queryCount, keyCount] }

    func forward() -> (result: Tensor, logSumExp: Tensor) {
        let result = Tensor(uninitialized: [batch, queryCount, width])
        let logSumExp = Tensor(uninitialized: [batch, headCount, queryCount])
        withKernel { tk_attention_forward($0, result.pointer, logSumExp.pointer) }
        return (result, logSumExp)
    }

    /// Writes the gradients by query, key and value into the targets, which lie as the sources do; returns the one by
    /// the bias if it is wanted.
    func backward(
        _ result: Tensor, _ logSumExp: Tensor, _ gradient: Tensor, into targets: [Tensor], biasNode: Node?
    ) -> Tensor? {
        let biasGradient = biasNode == nil ? nil : bias.map { Tensor(uninitialized: $0.shape) }
        withKernel { kernel in
            tk_attention_backward(
                kernel, result.pointer, logSumExp.pointer, gradient.pointer, targets[0].pointer + offsets[0],
                targets[1].pointer + offsets[1], targets[2].pointer + offsets[2], biasGradient?.pointer,
                Int64(biasGradient?.count ?? 0))
        }
        return biasGradient
    }

    private func operand(_ index: Int) -> tk_attention_operand {
        guard index < sources.count else { return tk_attention_operand() }
        let source = sources[index]
        return tk_attention_operand(
            data: source.pointer + offsets[index], batch_stride: Int64(source.shape[1] * source.shape[2]),
            row_stride: Int64(source.shape[2]))
    }

    /// Gives the kernels' description of the call, for the time of the call.
    func withKernel(_ body: (UnsafePointer<tk_attention>) -> Void) {
        let strides = bias?.shape.strides(broadcastTo: scoreShape) ?? [0, 0, 0, 0]
        var kernel = tk_attention(
            batch: Int64(batch), heads: Int64(headCount), queries: Int64(queryCount), keys: Int64(keyCount),
            head_width: Int64(width / headCount), query: operand(0), key: operand(1), value: operand(2),
            operands: precision.operands, scale: scale,
            bias: bias.map { UnsafePointer($0.pointer) },
            bias_strides: (strides[0], strides[1], strides[2], strides[3]),
            dropout_rate: dropout?.rate ?? 0, dropout_key: dropout?.key.bits ?? 0,
            first_sample: Int64(dropout?.firstSample ?? 0))
        withExtendedLifetime(self) { withUnsafePointer(to: &kernel, body) }
    }
}
