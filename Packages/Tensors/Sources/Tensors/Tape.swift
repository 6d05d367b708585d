import CTensorKernels

/// A step of a computation that gradients flow back through. The graph hangs from its result: there is no tape that
/// outlives it, and walking back consumes it.
final class Node: @unchecked Sendable {
    typealias Pullback = (_ gradient: Tensor, _ flow: inout GradientFlow) -> Void

    /// The nodes of the operands; a walk visits them after this one.
    private(set) var inputs: [Node]
    /// Sends the gradient of the result on to the operands; nil for a parameter's leaf.
    private var pullback: Pullback?
    /// Whether this node stands for a parameter.
    let isLeaf: Bool

    init(inputs: [Node], pullback: @escaping Pullback) {
        self.inputs = inputs
        self.pullback = pullback
        self.isLeaf = false
    }

    /// The leaf of a parameter.
    init() {
        self.inputs = []
        self.pullback = nil
        self.isLeaf = true
    }

    /// Sends a gradient on, and lets go of what the derivative had to remember.
    func pull(_ gradient: Tensor, _ flow: inout GradientFlow) {
        guard !isLeaf else { return }
        guard let pullback else { preconditionFailure("gradients() walks a graph only once") }
        pullback(gradient, &flow)
        self.pullback = nil
        self.inputs = []
    }
}

/// The gradients under way during one walk back.
struct GradientFlow {
    private var pending: [ObjectIdentifier: Tensor] = [:]

    /// Adds a gradient to what a node has received; computed only if the node is wanted.
    mutating func add(_ gradient: @autoclosure () -> Tensor, to node: Node?) {
        guard let node else { return }
        let contribution = gradient()
        let key = ObjectIdentifier(node)
        guard var sum = pending.removeValue(forKey: key) else {
            pending[key] = contribution
            return
        }
        precondition(sum.count == contribution.count, "gradients \(sum.shape) and \(contribution.shape) do not add")
        sum.accumulate(contribution)
        pending[key] = sum
    }

    /// Adds a gradient to a part of an axis of what a node has received.
    mutating func add(_ gradient: Tensor, to node: Node?, sliceOf shape: Shape, axis: Int, from start: Int) {
        guard let node else { return }
        let key = ObjectIdentifier(node)
        var sum = pending.removeValue(forKey: key) ?? Tensor(zeros: shape)
        let blocks = shape.blocks(around: axis)
        let length = gradient.shape[axis] * blocks.inner
        sum.withMutableScalars { target in
            guard let base = target.baseAddress else { return }
            tk_add_blocks(
                gradient.pointer, Int64(length), base + start * blocks.inner, Int64(blocks.axis * blocks.inner),
                Int64(blocks.outer), Int64(length))
        }
        pending[key] = sum
    }

    mutating func take(_ node: Node) -> Tensor? { pending.removeValue(forKey: ObjectIdentifier(node)) }
}

/// Whether operations remember how to walk back.
private enum Recording {
    @TaskLocal static var isOn = true
}

/// Runs `body` without remembering anything for gradients.
public func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Recording.$isOn.withValue(false, operation: body)
}

extension Node {
    static var isRecording: Bool { Recording.isOn }

    /// Runs `body` with everything remembered, also inside `withoutGradients`.
    static func recording<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Recording.$isOn.withValue(true, operation: body)
    }

    /// The graph's nodes, each after all that use it.
    static func walkOrder(from root: Node) -> [Node] {
        var visited: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
        var finished: [Node] = []
        var stack: [(node: Node, next: Int)] = [(root, 0)]
        while let (node, next) = stack.last {
            guard next < node.inputs.count else {
                finished.append(node)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let input = node.inputs[next]
            if visited.insert(ObjectIdentifier(input)).inserted { stack.append((input, 0)) }
        }
        return finished.reversed()
    }
}

extension Tensor {
    /// Whether `gradients()` of a result would reach a parameter through this tensor.
    public var needsGradient: Bool { node != nil }

    /// The same elements, off the tape: no gradient flows back through the result.
    public func detached() -> Tensor { Tensor(shape: shape, storage: storage, offset: offset) }

    /// The result of an operation with its derivative, which is kept only if an operand wants a gradient.
    func recording(_ operands: Node?..., pullback: @escaping Node.Pullback) -> Tensor {
        recording(operands, pullback: pullback)
    }

    /// The same for any number of operands.
    func recording(_ operands: [Node?], pullback: @escaping Node.Pullback) -> Tensor {
        let inputs = operands.compactMap { $0 }
        guard !inputs.isEmpty, Node.isRecording else { return self }
        return Tensor(
            shape: shape, storage: storage, offset: offset, node: Node(inputs: inputs, pullback: pullback))
    }

    /// The derivative of this scalar by every parameter it was computed from. The graph is consumed.
    public func gradients() -> Gradients {
        var gradients = Gradients()
        walkBack { gradients.set($1, for: $0) }
        return gradients
    }

    /// The derivative of this scalar by these parameters, each handed over by its number as soon as it is whole, while
    /// the walk back goes on: those that the end of the computation used come first. The graph is consumed.
    public func gradients(of parameters: [Parameter], receive: (_ number: Int, _ gradient: Tensor) -> Void) {
        let numbers = Dictionary(
            uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1.leaf), $0) })
        walkBack { leaf, gradient in
            if let number = numbers[ObjectIdentifier(leaf)] { receive(number, gradient) }
        }
    }

    private func walkBack(_ receive: (_ leaf: Node, _ gradient: Tensor) -> Void) {
        precondition(count == 1, "gradients() walks back from a scalar, not from shape \(shape)")
        guard let node else { return }
        var flow = GradientFlow()
        flow.add(Tensor(repeating: 1, shape: shape), to: node)
        for node in Node.walkOrder(from: node) {
            guard let gradient = flow.take(node) else { continue }
            if node.isLeaf {
                receive(node, gradient)
            } else {
                node.pull(gradient, &flow)
            }
        }
    }
}
