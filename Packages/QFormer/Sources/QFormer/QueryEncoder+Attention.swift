import Layers
import Tensors

extension QueryEncoder {
    /// Where queries look in images: the attention probabilities of each layer that looks at them, in the order of the layers,
    /// `[batch, heads, queries, vectors]` each. It is a pass of its own, without dropout.
    ///
    /// - Parameters:
    ///   - queries: one set for all images, `[1, queries, width]`
    ///   - image: of the images
    ///   - batchCount: how many images
    public func attention(_ queries: Tensor, to image: ImageMemory, batchCount: Int) -> [Tensor] {
        let context = Context.evaluation()
        var hidden = embed([queries], batchCount: batchCount, context)
        var probabilities: [Tensor] = []
        for (layer, memory) in zip(layers, image.layers) {
            hidden = layer.attention(hidden, bias: nil, context)
            if let imageAttention = layer.imageAttention, let memory {
                probabilities.append(imageAttention.probabilities(hidden, over: memory.key))
            }
            hidden = layer.afterAttention(hidden, memory, context)
        }
        return probabilities
    }
}
