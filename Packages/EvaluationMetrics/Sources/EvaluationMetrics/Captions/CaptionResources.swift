/// Files that some scores need beside predictions and references.
public struct CaptionResources: Sendable {
    /// METEOR's data; without them METEOR is not computed.
    public var meteor: METEORData?
    /// Document frequencies for CIDEr; without them they come from the references.
    public var frequencies: DocumentFrequencies?

    /// None, or those that are given.
    public init(meteor: METEORData? = nil, frequencies: DocumentFrequencies? = nil) {
        self.meteor = meteor
        self.frequencies = frequencies
    }
}
