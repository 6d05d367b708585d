import CImages
import Foundation

/// An affine map of the plane: (x, y) goes to (m0 x + m1 y + m2, m3 x + m4 y + m5).
struct AffineMap {
    private let m: [Double]

    /// A map whose coefficients are rounded to single precision first, as the reference's are.
    init(single coefficients: [Float]) { m = coefficients.map(Double.init) }

    /// A turn about the middle of a picture, counterclockwise; OpenCV's `getRotationMatrix2D`.
    init(degrees: Double, of image: Image) {
        let angle = degrees * (Double.pi / 180)
        let (cosine, sine) = (cos(angle), sin(angle))
        let (x, y) = (Double(image.width) / 2, Double(image.height) / 2)
        m = [cosine, sine, (1 - cosine) * x - sine * y, -sine, cosine, sine * x + (1 - cosine) * y]
    }

    /// The map back, with the operations in OpenCV's order.
    var inverse: [Double] {
        let determinant = m[0] * m[4] - m[1] * m[3]
        let factor = determinant != 0 ? 1 / determinant : 0
        let linear = [m[4] * factor, m[1] * -factor, m[3] * -factor, m[0] * factor]
        return [
            linear[0], linear[1], -linear[0] * m[2] - linear[1] * m[5],
            linear[2], linear[3], -linear[2] * m[2] - linear[3] * m[5],
        ]
    }
}

extension Image {
    /// The picture moved by a map, equal to the last bit to OpenCV's `warpAffine` with a grey border.
    func warped(by map: AffineMap) -> Image {
        let bytes = pixels.count
        let moved = [UInt8](unsafeUninitializedCapacity: bytes) { target, count in
            pixels.withUnsafeBufferPointer { source in
                guard let from = source.baseAddress, let to = target.baseAddress else { return }
                img_warp_affine(from, Int32(width), Int32(height), map.inverse, 128, to)
            }
            count = bytes
        }
        return Image(width: width, height: height, pixels: moved)
    }
}
