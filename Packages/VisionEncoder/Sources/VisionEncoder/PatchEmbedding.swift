import Layers
import Tensors

/// Cuts a picture into square patches and maps each to a vector: a convolution whose stride is its kernel's size.
public final class PatchEmbedding: Module {
    /// `[width, 3, patch, patch]`
    public let weight: Parameter
    /// `[width]`
    public let bias: Parameter
    private let patchSize: Int

    init(_ configuration: ViTConfiguration, _ weights: InitialWeights) {
        patchSize = configuration.patchSize
        let inputs = 3 * patchSize * patchSize
        let bound = 1 / Float(inputs).squareRoot()
        weight = weights.child("weight").uniform([configuration.width, 3, patchSize, patchSize], bound: bound)
        bias = weights.child("bias").uniform([configuration.width], bound: bound)
    }

    /// The weight, then the bias.
    public var parts: KeyValuePairs<String, any ModulePart> { ["proj.weight": weight, "proj.bias": bias] }

    /// Maps pixels `[batch, 3, size, size]` to `[batch, patches, width]`, row by row from the top.
    public func callAsFunction(_ pixels: Tensor) -> Tensor {
        let (batch, grid) = (pixels.shape[0], pixels.shape[2] / patchSize)
        let patches = pixels.reshaped(to: [batch, 3, grid, patchSize, grid, patchSize])
            .transposed([0, 2, 4, 1, 3, 5])
            .reshaped(to: [batch, grid * grid, 3 * patchSize * patchSize])
        let kernel = weight.value.reshaped(to: [weight.shape[0], 3 * patchSize * patchSize])
        return patches.matrixProduct(kernel, transposingOther: true) + bias.value
    }
}
