import Layers
import Tensors

/// The image encoder: a vision transformer as in EVA, without a final norm.
///
/// Its names are the reference's (`lavis/models/eva_vit.py` at 7e633e0). Its output is the residual stream of all
/// tokens; the norm after it, `ln_vision`, belongs to the model around it and is trained with that.
/// Dosovitskiy et al.: An Image is Worth 16x16 Words, 2021; Fang et al.: EVA, 2022.
public final class VisionTransformer: Module {
    /// The sizes.
    public let configuration: ViTConfiguration
    private let classToken: Parameter
    private let positions: Parameter
    private let patches: PatchEmbedding
    private let blocks: [ViTBlock]

    /// A transformer of these sizes; weights are drawn as the reference draws them.
    public init(_ configuration: ViTConfiguration, weights: InitialWeights) {
        let deviation = configuration.initializerRange
        self.configuration = configuration
        classToken = weights.child("cls_token").truncatedNormal([1, 1, configuration.width], deviation: deviation)
        positions = weights.child("pos_embed").truncatedNormal(
            [1, configuration.tokenCount, configuration.width], deviation: deviation)
        patches = PatchEmbedding(configuration, weights.child("patch_embed"))
        blocks = (0..<configuration.layerCount).map {
            ViTBlock(configuration, index: $0, weights.child("blocks").child($0))
        }
    }

    /// The parts in the reference's order.
    public var parts: KeyValuePairs<String, any ModulePart> {
        ["cls_token": classToken, "pos_embed": positions, "patch_embed": patches, "blocks": blocks]
    }

    /// Maps normalised pixels `[batch, 3, size, size]` to `[batch, 1 + patches, width]`, the class token first. In a
    /// context that recomputes, only what stands between blocks is kept for the way back.
    public func callAsFunction(_ pixels: Tensor, _ context: Context = .evaluation()) -> Tensor {
        let size = configuration.imageSize
        precondition(
            pixels.shape.rank == 4 && Array(pixels.shape.dimensions.dropFirst()) == [3, size, size],
            "pixels of shape \(pixels.shape) for an encoder of \(size) x \(size) pictures")
        let embedded = context.within("patch_embed").record(patches(pixels))
        let first = classToken.value.broadcast(to: [pixels.shape[0], 1, configuration.width])
        var stream = Tensor.concatenating([first, embedded], axis: 1) + positions.value
        context.within("embeddings").record(stream)
        for (index, block) in blocks.enumerated() {
            let output =
                context.isRecomputing
                ? stream.recomputed(using: block.namedParameters.map(\.parameter)) { block($0) } : block(stream)
            stream = context.within("blocks.\(index)").record(output)
        }
        return context.record(stream)
    }
}

extension VisionTransformer {
    /// Whether the reference keeps a weight in half precision when it is asked for `fp16`: weights and biases of
    /// convolution and linear layers, but not norms, tables, and the biases of query and value, which are no layer's own.
    public static func isHalvedByReference(_ name: String) -> Bool {
        let layers = ["patch_embed.proj.", ".attn.qkv.", ".attn.proj.", ".mlp.fc1.", ".mlp.fc2."]
        return layers.contains { name.contains($0) }
    }
}
