import JSON
import VisionEncoder

extension ViTConfiguration {
    /// Takes pictures of another size, to whose grid the position table is fitted.
    ///
    /// - Parameters:
    ///   - imageSize: pixels to a side; nil for the size that the model was trained with
    ///   - path: of the model
    /// - Throws: `FileError` for a size that patches do not fill.
    public mutating func take(imageSize: Int?, of path: String) throws {
        guard let imageSize else { return }
        guard imageSize % patchSize == 0, (patchSize...SizeCheck.largestImageSize).contains(imageSize) else {
            throw FileError(
                file: path,
                problem:
                    "takes pictures in patches of \(patchSize) pixels; \(imageSize) to a side is no multiple of that "
                    + "up to \(SizeCheck.largestImageSize)")
        }
        self.imageSize = imageSize
    }
}
