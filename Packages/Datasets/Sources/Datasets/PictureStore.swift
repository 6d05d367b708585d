import Foundation
import Images
import Tensors

/// The pictures of a folder, decoded and brought to a square on first use and then kept in memory as far as a limit of
/// bytes allows.
public final class PictureStore {
    /// The folder that paths start from.
    public let folder: URL
    private let processor: EvaluationProcessor
    private let byteLimit: Int
    private var kept: [String: Image] = [:]
    private var keptByteCount = 0

    /// Pictures below a folder. `byteLimit` bounds the memory that decoded pictures take; beyond it they are decoded
    /// anew each time.
    public init(folder: URL, processor: EvaluationProcessor, byteLimit: Int = 1 << 30) {
        self.folder = folder
        self.processor = processor
        self.byteLimit = byteLimit
    }

    /// A picture as a square of the processor's size. Throws an error that names the file.
    public func square(_ path: String) throws -> Image {
        if let image = kept[path] { return image }
        let image = processor.square(try Image(contentsOf: folder.appendingPathComponent(path)))
        if keptByteCount + image.pixels.count <= byteLimit {
            keptByteCount += image.pixels.count
            kept[path] = image
        }
        return image
    }

    /// Normalised pixels of pictures, `[batch, 3, size, size]`. Throws an error that names the file.
    public func pixels(of paths: [String]) throws -> Tensor {
        processor.normalization.batch(of: try paths.map(square))
    }
}
