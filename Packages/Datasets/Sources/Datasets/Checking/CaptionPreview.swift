import Images
import Tensors

/// A sample as the model will see it.
public struct CaptionPreview: Sendable {
    /// The sample's number in the source.
    public let sample: Int
    /// The picture's name; empty if the record cannot be read.
    public let picture: String
    /// The square after all that is done to it; an error's sentence if it cannot be made.
    public let square: Result<Image, PreviewError>
    /// The prepared caption.
    public let caption: String

    /// Why a sample cannot be shown.
    public struct PreviewError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }
}

extension CaptionSection {
    /// The first samples of the first epoch, with the draws they will have in training with that seed. Throws an error
    /// that names the file of a set that is missing or wrong.
    public func preview(count: Int, seed: Int) throws -> [CaptionPreview] {
        let source = try open()
        let key = RandomKey(seed: UInt64(seed))
        let samples = order(of: source, key: key.child("pairs")).epoch(0).prefix(count)
        let kept = DecodedPictures(byteLimit: 0)
        return samples.enumerated().map { place, number in
            let draws = key.child("augmentation").child(UInt64(place))
            var picture = ""
            var caption = ""
            let square = Result {
                let sample = try source.sample(number)
                picture = sample.picture.description
                caption = text(sample.caption)
                return try processor.square(of: sample.picture, key: draws, keptIn: kept)
            }
            return CaptionPreview(
                sample: number, picture: picture,
                square: square.mapError { CaptionPreview.PreviewError(description: "\($0)") }, caption: caption)
        }
    }
}
