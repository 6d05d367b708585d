import Foundation
import Images
import Testing

/// What stands beside the pixels in a file is passed over, however large it says it is or inflates to.
@Suite struct AncillaryDataTests {
    let fixtures: Fixtures

    init() throws { fixtures = try Fixtures() }

    @Test(arguments: ["zTXt", "iCCP", "tEXt", "iTXt", "eXIf", "prVt"])
    func passesOverLargeChunks(name: String) throws {
        let bytes = try fixtures.bytes("rgb.png")
        // 33 bytes of signature and header; then a chunk of 64 MB of zeros.
        let chunk = Self.chunk(name, [UInt8](repeating: 0, count: 64 << 20))
        let before = residentBytes()
        let decoded = try Image.decode(Array(bytes[..<33]) + chunk + bytes[33...])
        #expect(difference(decoded.image, try fixtures.expected.image("rgb.png")) == nil)
        // The file itself and a copy or two; nothing inflated or kept.
        #expect(residentBytes() - before < 400 << 20)
    }

    @Test func refusesAChunkThatTheFileDoesNotHold() throws {
        var bytes = try fixtures.bytes("rgb.png")
        bytes.insert(contentsOf: [0x7F, 0xFF, 0xFF, 0xFF] + Array("zTXt".utf8), at: 33)
        #expect(throws: ImageError(source: "picture", reason: .truncated)) { try Image(decoding: bytes) }
    }

    @Test func passesOverJPEGSegments() throws {
        let bytes = try fixtures.bytes("444.jpg")
        let segments = (0..<2000).flatMap { number in
            [0xFF, UInt8(number % 2 == 0 ? 0xFE : 0xE1), 0xFF, 0xFF] + [UInt8](repeating: 7, count: 0xFFFD)
        }
        let decoded = try Image.decode(Array(bytes[..<2]) + segments + bytes[2...])
        #expect(difference(decoded.image, try fixtures.expected.image("444.jpg")) == nil)
    }

    /// A PNG chunk without its checksum's value: libpng does not ask for that of chunks it passes over.
    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(data.count).bigEndian) { Array($0) }
        return length + Array(name.utf8) + data + [0, 0, 0, 0]
    }
}
