import Foundation
import Images
import Testing

/// Small files of each format with seeded damage, decoded in a child process of limited memory: each is read or refused,
/// nothing traps, and no more memory is taken than the limits allow.
///
/// A format gets 15 seconds, or as many files as the environment variable BLIP_SOAK says.
@Suite(.serialized) struct MutantTests {
    @Test func damagedJPEGsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: [
                "420.jpg", "444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "restart.jpg", "turned.jpg",
            ])
            .run()
        }
    }

    @Test func damagedPNGsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: ["rgb.png", "alpha.png", "palette.png", "bits.png", "deep.png"]).run()
        }
    }

    @Test func damagedWebPsAreReadOrRefused() async {
        await #expect(processExitsWith: .success) {
            try Mutants(of: ["lossy.webp", "lossless.webp", "alpha.webp", "animated.webp"]).run()
        }
    }
}

/// Damages the files of a format again and again.
private final class Mutants {
    private let originals: [[UInt8]]
    private var random: TestRandom

    init(of names: [String]) throws {
        let fixtures = try Fixtures()
        originals = try names.map { try fixtures.bytes($0) }
        random = TestRandom(state: ProcessInfo.processInfo.environment["BLIP_SEED"].flatMap { UInt64($0) } ?? 11)
    }

    func run() {
        var limit = rlimit(rlim_cur: 2 << 30, rlim_max: 2 << 30)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let wanted = ProcessInfo.processInfo.environment["BLIP_SOAK"].flatMap { Int($0) }
        let began = ContinuousClock.now
        var (count, read) = (0, 0)
        while wanted.map({ count < $0 }) ?? (ContinuousClock.now - began < .seconds(15)) {
            var options = count % 2 == 0 ? DecodingOptions() : .reference
            options.maximumPixels = 1 << 22
            options.appliesOrientation = count % 3 == 0
            let bytes = mutant(of: originals[count % originals.count])
            count += 1
            guard let image = try? Image(decoding: bytes, options: options) else { continue }
            read += 1
            precondition(image.pixels.count == 3 * image.width * image.height && image.width * image.height <= 1 << 22)
        }
        print("\(count) mutants, \(read) read")
        precondition(read > 0 && read < count, "\(read) of \(count) mutants read")
    }

    private func mutant(of original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty { damage(&bytes) }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8]) {
        // Headers stand in front, where damage does most.
        let end = Bool.random(using: &random) ? min(64, bytes.count) : bytes.count
        let place = Int.random(in: 0..<end, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...12, using: &random), bytes.count))
        case 3: bytes.insert(contentsOf: bytes[..<place].suffix(Int.random(in: 1...40, using: &random)), at: place)
        case 4: bytes.removeSubrange(place...)
        default:
            let value = UInt32.random(in: 0...UInt32.max, using: &random) >> UInt32.random(in: 0..<32, using: &random)
            for (offset, shift) in stride(from: UInt32(0), to: 32, by: 8).enumerated()
            where place + offset < bytes.count {
                bytes[place + offset] = UInt8(truncatingIfNeeded: value >> shift)
            }
        }
        repair(&bytes)
    }

    /// PNG's checksum of the header, half of the time: without it hardly any damage there would reach the decoder.
    private func repair(_ bytes: inout [UInt8]) {
        guard bytes.count > 33, bytes[1] == UInt8(ascii: "P"), Bool.random(using: &random) else { return }
        let checksum = crc32(bytes[12..<29])
        for place in 0..<4 { bytes[29 + place] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * UInt32(place))) }
    }
}

/// The checksum of PNG's chunks.
func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
}
