import Images
import Tensors

/// What becomes of a picture before the model sees it, by the reference's names.
public enum PictureProcessor: Hashable, Sendable {
    /// `blip_image_eval`: the same square each time.
    case evaluation(EvaluationProcessor)
    /// `blip2_image_train` and `blip_image_train`: a square by random draws.
    case training(TrainingProcessor)

    /// The side of the square, in pixels.
    public var size: Int {
        switch self {
        case .evaluation(let processor): processor.size
        case .training(let processor): processor.size
        }
    }

    /// How samples become numbers.
    public var normalization: PixelNormalization {
        switch self {
        case .evaluation(let processor): processor.normalization
        case .training(let processor): processor.normalization
        }
    }

    /// The square of a picture. Draws are those of the key; what can be kept for the next time goes into `kept`: the
    /// square itself, or the picture where squares differ. Throws an error that names the picture.
    public func square(of file: PictureFile, key: RandomKey, keptIn kept: DecodedPictures) throws -> Image {
        switch self {
        case .evaluation(let processor):
            return try kept.picture(file) { processor.square(try file.decode()) }
        case .training(let processor):
            let image = try kept.picture(file) { try file.decode() }
            var draws = RandomSequence(key)
            return processor.square(
                image, draw: processor.draw(width: image.width, height: image.height, using: &draws))
        }
    }
}
