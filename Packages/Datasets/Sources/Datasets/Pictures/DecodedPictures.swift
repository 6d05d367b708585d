import Images
import Synchronization

/// Keeps decoded pictures as far as a limit of bytes allows; beyond it they are decoded anew each time. What was kept
/// first stays: in seeded epochs every picture is wanted equally often, so that throwing out gains nothing.
public final class DecodedPictures: Sendable {
    private struct State {
        var pictures: [PictureFile: Image] = [:]
        var byteCount = 0
    }

    private let byteLimit: Int
    private let state = Mutex(State())

    /// `byteLimit` bounds the memory of the pictures; 0 keeps none.
    public init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// The bytes in use.
    public var byteCount: Int { state.withLock { $0.byteCount } }

    /// A picture that was kept, or what `decode` makes of it.
    public func picture(_ file: PictureFile, decode: () throws -> Image) throws -> Image {
        if let kept = state.withLock({ $0.pictures[file] }) { return kept }
        let image = try decode()
        state.withLock { state in
            guard state.pictures[file] == nil, state.byteCount + image.pixels.count <= byteLimit else { return }
            state.pictures[file] = image
            state.byteCount += image.pixels.count
        }
        return image
    }
}
