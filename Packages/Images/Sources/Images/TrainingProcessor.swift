import Tensors

/// What a picture goes through in training, LAVIS's `blip2_image_train`: a random window resized to a square, flipped
/// half of the time, then normalised. With an augmentation, LAVIS's `blip_image_train`: also altered before that.
///
/// The draws are a value of their own, so that they can be fed, recorded and repeated.
public struct TrainingProcessor: Hashable, Sendable {
    /// The random draws for one picture.
    public struct Draw: Hashable, Sendable {
        /// The part of the picture that is kept.
        public var window: CropWindow
        /// Whether left and right are exchanged.
        public var isFlipped: Bool
        /// What is done to the square, one after the other.
        public var alterations: [RandomAugmentation.Alteration]

        /// The draws given.
        public init(window: CropWindow, isFlipped: Bool, alterations: [RandomAugmentation.Alteration] = []) {
            self.window = window
            self.isFlipped = isFlipped
            self.alterations = alterations
        }
    }

    /// The side of the square, in pixels.
    public var size: Int
    /// How windows are drawn.
    public var window: RandomWindow
    /// How often left and right are exchanged.
    public var flipProbability: Double
    /// How the square is altered; nil as in `blip2_image_train`, which does not.
    public var augmentation: RandomAugmentation?
    /// How samples become numbers.
    public var normalization: PixelNormalization

    /// A processor for squares of `size` pixels.
    public init(
        size: Int, window: RandomWindow = RandomWindow(), flipProbability: Double = 0.5,
        augmentation: RandomAugmentation? = nil, normalization: PixelNormalization = .clip
    ) {
        self.size = size
        self.window = window
        self.flipProbability = flipProbability
        self.augmentation = augmentation
        self.normalization = normalization
    }

    /// Draws for a picture of the given size.
    public func draw(width: Int, height: Int, using generator: inout some RandomNumberGenerator) -> Draw {
        let window = window.draw(width: width, height: height, using: &generator)
        let isFlipped = Double.random(in: 0..<1, using: &generator) < flipProbability
        let alterations = augmentation?.draw(using: &generator) ?? []
        return Draw(window: window, isFlipped: isFlipped, alterations: alterations)
    }

    /// The square that the draws give, before normalisation.
    public func square(_ image: Image, draw: Draw) -> Image {
        let square = image.resized(width: size, height: size, window: draw.window)
        return draw.alterations.reduce(draw.isFlipped ? square.flippedHorizontally() : square) { $1.applied(to: $0) }
    }

    /// The tensor [3, size, size] that the draws give.
    public func callAsFunction(_ image: Image, draw: Draw) -> Tensor {
        normalization.tensor(of: square(image, draw: draw))
    }
}
