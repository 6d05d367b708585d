/// The captions of an evaluation list as samples, one for each caption of each picture, for losses on pictures that a
/// model does not learn from.
public struct EvaluationCaptions: CaptionSource {
    /// What names the list.
    public let name: String
    private let samples: [CaptionedPicture]

    /// The samples of a list, which `name` names, in its order.
    public init(_ list: EvaluationList, name: String) {
        self.name = name
        samples = list.images.flatMap { image in
            let picture = PictureFile(list.folder.appendingPathComponent(image.image))
            return image.captions.map {
                CaptionedPicture(picture: picture, caption: $0, imageID: String(image.imageID))
            }
        }
    }

    /// The number of captions.
    public var count: Int { samples.count }

    /// A caption and its picture.
    public func sample(_ number: Int) -> CaptionedPicture { samples[number] }
}
