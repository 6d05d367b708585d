import Tensors

extension Image {
    /// The picture under a map of shares, half of it the picture and half the map's colours: black for nothing, red, yellow, and
    /// white for the map's largest number.
    ///
    /// - Parameter map: numbers not below 0, `[rows, columns]`, that lie evenly over the picture; between their centres the
    ///   colours go over by bilinear interpolation
    public func overlaid(with map: Tensor) -> Image {
        precondition(map.shape.rank == 2 && map.count > 0, "a map of shape \(map.shape), wanted [rows, columns]")
        let scalars = map.scalars
        let peak = scalars.max() ?? 0
        // A comparison with what is not a number is false, so that it too is black.
        let levels = scalars.map { peak > 0 && $0 > 0 ? UInt8(Float.minimum(255 * $0 / peak, 255).rounded()) : 0 }
        let heat = Image(width: map.shape[1], height: map.shape[0], pixels: levels.flatMap { [$0, $0, $0] })
            .resized(width: width, height: height, filter: .bilinear)
        var result = self
        for place in pixels.indices {
            // Red comes up in the first third of the levels, green in the second, blue in the last.
            let colour = min(max(3 * Int(heat.pixels[place]) - 255 * (place % 3), 0), 255)
            result.pixels[place] = UInt8((Int(pixels[place]) + colour) / 2)
        }
        return result
    }
}
