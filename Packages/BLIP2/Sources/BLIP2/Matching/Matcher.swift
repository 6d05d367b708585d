import Foundation
import Images
import Tensors

/// Tells how well texts fit pictures.
public struct Matcher: Sendable {
    /// How well a text fits a picture.
    public struct Score: Hashable, Sendable {
        /// The probability that they belong together, of the head that sees both at once.
        public let probability: Float
        /// The best cosine of the picture's queries and the text, which were read apart.
        public let similarity: Float
    }

    /// The model with its tokenizer and picture processor.
    public let parts: ImageTextParts

    /// A matcher of these parts.
    public init(_ parts: ImageTextParts) { self.parts = parts }

    /// Opens the folder of a stage-1 model; arguments as of `ImageTextParts`.
    ///
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(directory: URL, imageSize: Int? = nil, formats: WeightFormats = .stored) throws {
        self.init(try ImageTextParts(directory: directory, imageSize: imageSize, formats: formats))
    }

    /// How well a text fits each picture.
    public func scores(of images: [Image], _ text: String) -> [Score] {
        if images.isEmpty { return [] }
        let pixels = parts.pixels(images)
        let texts = parts.tokens(Array(repeating: text, count: images.count))
        let probabilities = parts.model.matchLogits(pixels, texts).softmax().scalars
        let similarities = parts.model.similarities(of: pixels, to: parts.tokens([text])).scalars
        return images.indices.map {
            Score(probability: probabilities[2 * $0 + 1], similarity: similarities[$0])
        }
    }

    /// How well a text fits the picture in a file.
    ///
    /// - Throws: `ImageError` that names the file if it is no picture.
    public func score(imageAt url: URL, _ text: String) throws -> Score {
        scores(of: [try Image(contentsOf: url)], text)[0]
    }
}
