/// What a decoder accepts, and how much.
public struct DecodingOptions: Hashable, Sendable {
    /// Pictures of more pixels are refused before anything is allocated (Pillow's limit of 178,956,970).
    public var maximumPixels = 178_956_970
    /// Pictures of more pixels carry a warning (Pillow's 89,478,485).
    public var warningPixels = 89_478_485
    /// Larger files are not read, in bytes.
    public var maximumBytes = 1 << 30
    /// Progressive JPEGs of more scans are refused.
    public var maximumScans = 256
    /// Whether a file that ends too early gives the part that is there, as with Pillow's `LOAD_TRUNCATED_IMAGES`;
    /// the rest of a JPEG is grey, of a PNG black. A WebP that is cut off is an error in any case, as it is there.
    public var acceptsTruncated = false
    /// Whether the picture is turned upright by its EXIF orientation; the reference does not.
    public var appliesOrientation = false

    /// The defaults: Pillow's limits, and a truncated file is an error.
    public init() {}

    /// What the reference's data loaders do: truncated files are accepted.
    public static var reference: DecodingOptions {
        var options = DecodingOptions()
        options.acceptsTruncated = true
        return options
    }
}

/// A picture and what its decoder had to pass over.
public struct DecodedImage: Hashable, Sendable {
    /// The pixels.
    public let image: Image
    /// A sentence for each thing amiss: defects the codec tolerated, a cut-off end, an unusual size.
    public let warnings: [String]
}
