import Foundation
import Images
import TestSupport
import Testing

/// Small files of each format with seeded damage, decoded in a child process of limited memory: each is read or refused,
/// nothing traps, and no more memory is taken than the limits allow.
///
/// A format gets 15 seconds, or as many files as the environment variable BLIP_SOAK says.
@Suite(.serialized) struct MutantTests {
    @Test func damagedJPEGsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try decodeMutants(
                of: "420.jpg", "444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "restart.jpg", "turned.jpg",
                "turned_ycck.jpg", "arithmetic.jpg", "arithmetic_scans.jpg", "12bit.jpg")
        }
    }

    @Test func damagedPNGsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try decodeMutants(of: "rgb.png", "alpha.png", "palette.png", "bits.png", "deep.png")
        }
    }

    @Test func damagedWebPsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try decodeMutants(of: "lossy.webp", "lossless.webp", "alpha.webp", "animated.webp")
        }
    }
}

/// Decodes damaged pictures of a format, in turn from each of its files.
private func decodeMutants(of names: String...) throws {
    let fixtures = try Fixtures()
    let originals = try names.map { try fixtures.bytes($0) }
    let mutants = Mutants(names[0])
    mutants.run { number in
        var options = number % 2 == 0 ? DecodingOptions() : .reference
        options.maximumPixels = 1 << 22
        options.appliesOrientation = number % 3 == 0
        var bytes = mutants.mutant(of: originals[number % originals.count])
        if mutants.flip() { repairHeader(&bytes) }
        guard let image = try? Image(decoding: bytes, options: options) else { return false }
        precondition(image.pixels.count == 3 * image.width * image.height && image.width * image.height <= 1 << 22)
        return true
    }
}

/// PNG's checksum of the header made right: without it hardly any damage there would reach the decoder.
private func repairHeader(_ bytes: inout [UInt8]) {
    guard bytes.count > 33, bytes[1] == UInt8(ascii: "P") else { return }
    let checksum = crc32(bytes[12..<29])
    for place in 0..<4 { bytes[29 + place] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(place))) }
}

/// The checksum of PNG's chunks.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
}
