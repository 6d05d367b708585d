import Tensors

/// What a picture goes through before evaluation, LAVIS's `blip_image_eval`: resized to a square without regard to its
/// aspect ratio, then normalised.
public struct EvaluationProcessor: Hashable, Sendable {
    /// The side of the square, in pixels.
    public var size: Int
    /// How samples become numbers.
    public var normalization: PixelNormalization
    /// How the picture is resized.
    public var filter: ResampleFilter

    /// A processor for squares of `size` pixels.
    public init(size: Int, normalization: PixelNormalization = .clip, filter: ResampleFilter = .bicubic) {
        self.size = size
        self.filter = filter
        self.normalization = normalization
    }

    /// The square, before normalisation.
    public func square(_ image: Image) -> Image { image.resized(width: size, height: size, filter: filter) }

    /// The tensor [3, size, size].
    public func callAsFunction(_ image: Image) -> Tensor { normalization.tensor(of: square(image)) }
}
