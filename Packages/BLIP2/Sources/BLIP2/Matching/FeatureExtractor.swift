import Foundation
import Images
import Tensors

/// Turns pictures and texts into vectors, apart or together.
public struct FeatureExtractor: Sendable {
    /// The model with its tokenizer and picture processor.
    public let parts: ImageTextParts

    /// An extractor of these parts.
    public init(_ parts: ImageTextParts) { self.parts = parts }

    /// Opens the folder of a stage-1 model; arguments as of `ImageTextParts`.
    ///
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(directory: URL, imageSize: Int? = nil, formats: WeightFormats = .stored) throws {
        self.init(try ImageTextParts(directory: directory, imageSize: imageSize, formats: formats))
    }

    /// What the queries see of pictures: a row for each query.
    public func features(of images: [Image]) -> Features { parts.model.features(of: parts.pixels(images)) }

    /// What the model makes of texts: a row for each token, the first of which stands for the whole text.
    public func features(of texts: [String]) -> Features { parts.model.features(of: parts.tokens(texts)) }

    /// What the queries see of pictures with a text each: `[images, queries, width]`.
    public func features(of images: [Image], with texts: [String]) -> Tensor {
        precondition(images.count == texts.count, "\(texts.count) texts for \(images.count) pictures")
        return parts.model.features(of: parts.pixels(images), with: parts.tokens(texts))
    }
}
