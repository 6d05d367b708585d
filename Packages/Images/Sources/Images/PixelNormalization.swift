import Tensors

/// Turns 8-bit samples into what a vision encoder was trained on: (sample / 255 - mean) / deviation, per channel.
public struct PixelNormalization: Hashable, Sendable {
    /// The mean of red, green and blue, on a scale of 0 to 1.
    public let mean: [Float]
    /// The standard deviation of red, green and blue, on a scale of 0 to 1.
    public let deviation: [Float]
    /// Entry [channel * 256 + sample].
    private let table: [Float]

    /// The values of CLIP, which every BLIP-2 encoder uses.
    public static let clip = PixelNormalization(
        mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])

    /// A normalisation with the given means and standard deviations, three each.
    public init(mean: [Float], deviation: [Float]) {
        precondition(mean.count == 3 && deviation.count == 3, "\(mean.count) means, \(deviation.count) deviations")
        self.mean = mean
        self.deviation = deviation
        // In torchvision's order and precision, hence equal to the last bit.
        table = (0..<3).flatMap { channel in
            (0..<256).map { (Float($0) / 255 - mean[channel]) / deviation[channel] }
        }
    }

    /// Writes a picture as [3, height, width].
    public func write(_ image: Image, to target: UnsafeMutableBufferPointer<Float>) {
        let plane = image.width * image.height
        precondition(target.count == 3 * plane, "\(target.count) floats for 3 x \(image.height) x \(image.width)")
        image.pixels.withUnsafeBufferPointer { pixels in
            table.withUnsafeBufferPointer { table in
                for index in 0..<plane {
                    target[index] = table[Int(pixels[3 * index])]
                    target[plane + index] = table[256 + Int(pixels[3 * index + 1])]
                    target[2 * plane + index] = table[512 + Int(pixels[3 * index + 2])]
                }
            }
        }
    }

    /// A picture as a tensor [3, height, width].
    public func tensor(of image: Image) -> Tensor {
        Tensor(shape: [3, image.height, image.width]) { write(image, to: $0) }
    }

    /// Pictures of one size as a tensor [batch, 3, height, width].
    public func batch(of images: [Image]) -> Tensor {
        guard let first = images.first else { return Tensor(zeros: [0, 3, 0, 0]) }
        let count = 3 * first.width * first.height
        return Tensor(shape: [images.count, 3, first.height, first.width]) { target in
            for (index, image) in images.enumerated() {
                precondition(
                    image.width == first.width && image.height == first.height,
                    "\(image.width)x\(image.height) pixels in a batch of \(first.width)x\(first.height)")
                write(image, to: UnsafeMutableBufferPointer(rebasing: target[index * count..<(index + 1) * count]))
            }
        }
    }
}
