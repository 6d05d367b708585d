import Tensors

/// A checkpoint with transformers' names whose image encoder is seen without the bias of its keys. EVA has none, and one
/// that a file holds changes nothing: it adds the same to all scores of a query, which the softmax takes away again.
struct KeyBiasFreeSource: TensorSource {
    private let source: any TensorSource

    init(_ source: any TensorSource) { self.source = source }

    var names: [String] { source.names }
    var origin: String { source.origin }

    func shape(of name: String) -> Shape? { source.shape(of: name) }

    func storage(named name: String) throws -> (any WeightStorage)? { try source.storage(named: name) }

    func tensor(named name: String) throws -> Tensor {
        var tensor = try source.tensor(named: name)
        guard name.hasPrefix("vision_model."), name.hasSuffix(".self_attn.qkv.bias"), tensor.count % 3 == 0 else {
            return tensor
        }
        let width = tensor.count / 3
        tensor.withMutableScalars { scalars in
            for place in width..<2 * width { scalars[place] = 0 }
        }
        return tensor
    }
}
