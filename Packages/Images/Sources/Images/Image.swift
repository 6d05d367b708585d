/// A picture: 8-bit RGB, row by row from the top, three bytes a pixel.
public struct Image: Hashable, Sendable {
    /// Columns, in pixels.
    public let width: Int
    /// Rows, in pixels.
    public let height: Int
    /// The samples [height, width, 3], red first.
    public internal(set) var pixels: [UInt8]

    /// A picture of the given samples [height, width, 3].
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "a picture of \(width)x\(height) pixels")
        precondition(
            pixels.count == width * height * 3,
            "\(pixels.count) bytes for \(width)x\(height) pixels of 3 bytes")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// A picture of one colour.
    public init(width: Int, height: Int, red: UInt8, green: UInt8, blue: UInt8) {
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for offset in stride(from: 0, to: pixels.count, by: 3) {
            pixels[offset] = red
            pixels[offset + 1] = green
            pixels[offset + 2] = blue
        }
        self.init(width: width, height: height, pixels: pixels)
    }

    /// The red, green and blue sample of a pixel.
    public subscript(x x: Int, y y: Int) -> (red: UInt8, green: UInt8, blue: UInt8) {
        precondition(x >= 0 && x < width && y >= 0 && y < height, "pixel (\(x), \(y)) of \(width)x\(height)")
        let offset = (y * width + x) * 3
        return (pixels[offset], pixels[offset + 1], pixels[offset + 2])
    }

    /// The part of the picture inside a window.
    public func cropped(to window: CropWindow) -> Image {
        check(window)
        let rowBytes = window.width * 3
        var part = [UInt8]()
        part.reserveCapacity(rowBytes * window.height)
        for y in window.top..<window.top + window.height {
            let start = (y * width + window.left) * 3
            part.append(contentsOf: pixels[start..<start + rowBytes])
        }
        return Image(width: window.width, height: window.height, pixels: part)
    }

    /// The picture with left and right exchanged.
    public func flippedHorizontally() -> Image {
        remapped(width: width, height: height) { x, y in (width - 1 - x, y) }
    }

    /// The picture of a new size whose pixel (x, y) is this one's pixel `source(x, y)`.
    func remapped(width newWidth: Int, height newHeight: Int, source: (Int, Int) -> (x: Int, y: Int)) -> Image {
        let bytes = newWidth * newHeight * 3
        let moved = [UInt8](unsafeUninitializedCapacity: bytes) { target, count in
            pixels.withUnsafeBufferPointer { old in
                var next = 0
                for y in 0..<newHeight {
                    for x in 0..<newWidth {
                        let from = source(x, y)
                        let offset = (from.y * width + from.x) * 3
                        target[next] = old[offset]
                        target[next + 1] = old[offset + 1]
                        target[next + 2] = old[offset + 2]
                        next += 3
                    }
                }
            }
            count = bytes
        }
        return Image(width: newWidth, height: newHeight, pixels: moved)
    }

    func check(_ window: CropWindow) {
        precondition(
            window.left >= 0 && window.top >= 0 && window.width > 0 && window.height > 0
                && window.left + window.width <= width && window.top + window.height <= height,
            "\(window) does not lie in \(width)x\(height) pixels")
    }
}
