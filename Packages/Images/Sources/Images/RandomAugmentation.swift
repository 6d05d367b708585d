/// Alters squares at random as LAVIS's `blip_image_train` does: RandAugment with two operations at level 5 of 10, drawn
/// from ten with replacement, each applied half of the time (`lavis/processors/randaugment.py`).
public struct RandomAugmentation: Hashable, Sendable {
    /// The operations; what depends on the level is stated for level 5.
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case identity = "Identity"
        /// Each channel is stretched to 0 through 255. Quirk not kept: the reference negates the least sample as an
        /// unsigned byte, which turns nearly every picture white; this is Pillow's `autocontrast`, which it names.
        case autoContrast = "AutoContrast"
        /// Quirk: the factor is 5 / 10 * 1.8 + 0.1 = 1, so nothing happens.
        case brightness = "Brightness"
        /// Quirk: the factor is 1 here too.
        case sharpness = "Sharpness"
        /// The histogram of each channel is made even, as Pillow's `equalize` does.
        case equalize = "Equalize"
        /// Rows move by 0.15 of their distance from the upper edge.
        case shearX = "ShearX"
        /// Columns move by 0.15 of their distance from the left edge.
        case shearY = "ShearY"
        /// 5 pixels along the rows.
        case translateX = "TranslateX"
        /// 5 pixels along the columns.
        case translateY = "TranslateY"
        /// 15 degrees about the middle.
        case rotate = "Rotate"
    }

    /// An operation and its direction.
    public struct Alteration: Hashable, Sendable {
        /// What is done.
        public var operation: Operation
        /// Whether a movement goes the other way.
        public var isReversed: Bool

        /// The operation and direction given.
        public init(_ operation: Operation, isReversed: Bool = false) {
            self.operation = operation
            self.isReversed = isReversed
        }

        /// The picture altered; what moves in from outside is grey, 128.
        public func applied(to image: Image) -> Image {
            let sign: Float = isReversed ? -1 : 1
            switch operation {
            case .identity, .brightness, .sharpness: return image
            case .autoContrast: return image.remappingLevels(\.stretchingTable)
            case .equalize: return image.remappingLevels(\.equalizingTable)
            case .shearX: return image.warped(by: AffineMap(single: [1, sign * 0.15, 0, 0, 1, 0]))
            case .shearY: return image.warped(by: AffineMap(single: [1, 0, 0, sign * 0.15, 1, 0]))
            case .translateX: return image.warped(by: AffineMap(single: [1, 0, -5 * sign, 0, 1, 0]))
            case .translateY: return image.warped(by: AffineMap(single: [1, 0, 0, 0, 1, -5 * sign]))
            case .rotate: return image.warped(by: AffineMap(degrees: isReversed ? -15 : 15, of: image))
            }
        }
    }

    /// Operations for each picture.
    public var count: Int
    /// How often one that was drawn is applied.
    public var probability: Double

    /// The reference's numbers unless told otherwise.
    public init(count: Int = 2, probability: Double = 0.5) {
        self.count = count
        self.probability = probability
    }

    /// Draws for one picture.
    public func draw(using generator: inout some RandomNumberGenerator) -> [Alteration] {
        (0..<count).compactMap { _ in
            let number = Int.random(in: Operation.allCases.indices, using: &generator)
            let isApplied = Double.random(in: 0..<1, using: &generator) < probability
            let isReversed = Bool.random(using: &generator)
            return isApplied ? Alteration(Operation.allCases[number], isReversed: isReversed) : nil
        }
    }
}
