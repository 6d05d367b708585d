import Checkpoints
import Foundation
import Images
import Layers
import VisionEncoder

// Prints the features of a picture, a line for each token: client CHECKPOINT PICTURE.
let files = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
let sizes = ViTConfiguration(imageSize: 16, patchSize: 4, width: 24, layerCount: 2, headCount: 3, feedForwardWidth: 104)
let encoder = VisionTransformer(sizes, weights: .unset)
try load(encoder, from: Checkpoint.open(files[0]))

let pixels = try EvaluationProcessor(size: sizes.imageSize)(Image(contentsOf: files[1]))
let features = encoder(pixels.reshaped(to: [1, 3, sizes.imageSize, sizes.imageSize])).scalars
for token in stride(from: 0, to: features.count, by: sizes.width) {
    print(features[token..<token + sizes.width].map { String(format: "%.6f", $0) }.joined(separator: " "))
}
