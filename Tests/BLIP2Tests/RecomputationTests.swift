import Layers
import Tensors
import Testing
import VisionEncoder

/// The image encoder with less memory for the way back.
struct RecomputationTests {
    private let encoder = VisionTransformer(
        ViTConfiguration(imageSize: 32, patchSize: 8, width: 32, layerCount: 4, headCount: 4, feedForwardWidth: 64),
        weights: .random(RandomKey(seed: 1)))
    private let pixels = Tensor.normal([2, 3, 32, 32], deviation: 1, key: RandomKey(seed: 2))

    @Test func everyGradientIsEqualToTheBit() {
        let gradients = [Context.evaluation(), Context.evaluation().recomputing].map { context in
            encoder(pixels, context).squared().mean().gradients()
        }
        let weights = encoder.trainableParameters
        #expect(weights.count == 4 + 4 * 13)
        for (name, parameter) in weights {
            let scalars = gradients.map { $0[parameter]?.scalars }
            #expect(scalars[0] != nil && scalars[0] == scalars[1], "\(name)")
        }
    }

    @Test func aFrozenEncoderRemembersNothing() {
        encoder.freeze()
        defer { encoder.unfreeze() }
        #expect(!encoder(pixels, .evaluation()).needsGradient)
        #expect(!encoder(pixels, .evaluation().recomputing).needsGradient)
    }
}
