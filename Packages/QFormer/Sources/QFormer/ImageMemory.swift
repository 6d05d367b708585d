import Tensors

/// What the queries see of a batch of images: for each layer that looks at the image, the keys and values of the image
/// vectors. They do not depend on the queries, so several passes over the same images share them.
public struct ImageMemory: Sendable {
    typealias KeysAndValues = (key: Tensor, value: Tensor)

    /// By layer; nil where a layer does not look at the image.
    let layers: [KeysAndValues?]

    /// Several memories, the images of one behind those of the other.
    public static func concatenating(_ memories: [ImageMemory]) -> ImageMemory {
        let layers = memories[0].layers.indices.map { layer -> KeysAndValues? in
            let parts = memories.compactMap { $0.layers[layer] }
            if parts.isEmpty { return nil }
            return (
                Tensor.concatenating(parts.map(\.key), axis: 0), Tensor.concatenating(parts.map(\.value), axis: 0)
            )
        }
        return ImageMemory(layers: layers)
    }

    /// The memory of the images with these numbers, `[images]`.
    public func gathering(_ rows: IndexTensor) -> ImageMemory {
        ImageMemory(layers: layers.map { layer in layer.map { ($0.key.gathering(rows), $0.value.gathering(rows)) } })
    }
}
