import Tensors

/// What the queries see of a batch of images: for each layer that looks at the image, the keys and values of the image
/// vectors. They do not depend on the queries, so several passes over the same images share them.
public struct ImageMemory: Sendable {
    typealias KeysAndValues = (key: Tensor, value: Tensor)

    /// By layer; nil where a layer does not look at the image.
    let layers: [KeysAndValues?]

    /// The memory of the images with these numbers, `[images]`.
    public func gathering(_ rows: IndexTensor) -> ImageMemory {
        ImageMemory(layers: layers.map { layer in layer.map { ($0.key.gathering(rows), $0.value.gathering(rows)) } })
    }
}
