import Checkpoints
import Foundation
import Images
import Testing

/// The committed pictures and Pillow's arrays of them.
struct Fixtures {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    let expected: SafetensorsFile

    init() throws { expected = try SafetensorsFile(contentsOf: folder.appendingPathComponent("expected.safetensors")) }

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: file(name))) }

    /// The names of the picture files.
    static let pictures = [
        "420.jpg", "444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "restart.jpg", "turned.jpg", "rgb.png",
        "alpha.png", "palette.png", "bits.png", "deep.png", "ycck.jpg", "lossy.webp", "lossless.webp", "alpha.webp",
        "animated.webp", "arithmetic.jpg", "arithmetic_scans.jpg", "turned_ycck.jpg",
    ]
}

extension SafetensorsFile {
    /// A stored picture [height, width, 3].
    func image(_ name: String) throws -> Image {
        let shape = try #require(self.shape(of: name), "\(name) is not there")
        return try withBytes(of: name) { Image(width: shape[1], height: shape[0], pixels: [UInt8]($0)) }
    }
}

/// How two pictures differ: nil when they are equal.
func difference(_ image: Image, _ expected: Image) -> String? {
    if image == expected { return nil }
    guard image.width == expected.width, image.height == expected.height else {
        return "\(image.width)x\(image.height) pixels, wanted \(expected.width)x\(expected.height)"
    }
    let distances = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    return "\(distances.count { $0 > 0 }) of \(distances.count) samples differ, by \(distances.max() ?? 0) at most"
}

/// The memory that this process has touched and not given back, in bytes.
func residentBytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * Int(getpagesize())
}
