import Foundation
import Images
import TestSupport
import Testing

@Suite struct CodecTests {
    let fixtures: Fixtures

    init() throws { fixtures = try Fixtures() }

    @Test(arguments: Fixtures.pictures) func decodesAsPillowDoes(name: String) throws {
        let decoded = try Image.decode(contentsOf: fixtures.file(name))
        #expect(difference(decoded.image, try fixtures.expected.image(name)) == nil)
        #expect(decoded.warnings == [])
    }

    @Test func turnsUprightOnRequest() throws {
        var options = DecodingOptions()
        options.appliesOrientation = true
        for name in ["turned.jpg", "turned_ycck.jpg", "lossless.webp"] {
            let upright = try Image(contentsOf: fixtures.file(name), options: options)
            #expect(difference(upright, try fixtures.expected.image("\(name)/upright")) == nil, "\(name)")
        }
        let plain = try Image(contentsOf: fixtures.file("420.jpg"), options: options)
        #expect(try plain == Image(contentsOf: fixtures.file("420.jpg")))
    }

    @Test(arguments: 1...8) func turnsUprightFromEveryPosition(_ position: UInt8) throws {
        var options = DecodingOptions()
        options.appliesOrientation = true
        var bytes = try fixtures.bytes("turned.jpg")
        // Tag 274, of the type of short numbers, one of them: 6.
        let entry: [UInt8] = [1, 18, 0, 3, 0, 0, 0, 1, 0, 6]
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: entry) })
        bytes[place + 9] = position
        let upright = try Image(decoding: bytes, options: options)
        #expect(difference(upright, try fixtures.expected.image("turned.jpg/upright_\(position)")) == nil)
    }

    /// Chunks of an odd length have a byte behind them that they do not count.
    @Test func findsTheOrientationBehindOddChunks() throws {
        var bytes = try fixtures.bytes("lossless.webp")
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: "EXIF".utf8) })
        bytes.insert(contentsOf: Array("ODD ".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], at: place)
        let length = UInt32(bytes.count - 8)
        for byte in 0..<4 { bytes[4 + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte)) }
        var options = DecodingOptions()
        options.appliesOrientation = true
        let upright = try Image(decoding: bytes, options: options)
        #expect(difference(upright, try fixtures.expected.image("lossless.webp/upright")) == nil)
    }

    @Test func writesWhatItReads() throws {
        let image = try fixtures.expected.image("rgb.png")
        #expect(try Image(decoding: image.png()) == image)
        #expect(try image.png() == image.png())
        let coarse = try image.jpeg(quality: 60)
        let fine = try image.jpeg(quality: 100, fullChroma: true)
        #expect(coarse.count < fine.count)
        let distances = zip(try Image(decoding: fine).pixels, image.pixels).map { abs(Int($0) - Int($1)) }
        #expect((distances.max() ?? 255) <= 4)
    }

    @Test func readsAnySequenceOfBytes() throws {
        let bytes = try fixtures.bytes("420.jpg")
        #expect(try Image(decoding: Data(bytes)) == Image(decoding: AnySequence(bytes)))
    }
}

@Suite struct DamagedFileTests {
    let fixtures: Fixtures

    init() throws { fixtures = try Fixtures() }

    private func reason(_ bytes: [UInt8], _ options: DecodingOptions = DecodingOptions()) -> ImageError.Reason? {
        do {
            _ = try Image(decoding: bytes, options: options)
            return nil
        } catch {
            return (error as? ImageError)?.reason
        }
    }

    @Test(arguments: [
        "444.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg", "restart.jpg", "turned_ycck.jpg", "rgb.png",
        "deep.png", "palette.png",
    ])
    func refusesACutOffFile(name: String) throws {
        let bytes = try fixtures.bytes(name)
        let count = name == "progressive.jpg" ? bytes.count * 9 / 10 : bytes.count * 3 / 4
        let cut = Array(bytes.prefix(count))
        #expect(reason(cut) == .truncated)
        let part = try Image.decode(cut, options: .reference)
        #expect(difference(part.image, try fixtures.expected.image("\(name)/cut")) == nil)
        #expect(part.warnings.first == "picture: is cut off")
    }

    /// Pillow cannot read on where arithmetic coding breaks off and leaves black; here the rows before it are those of the
    /// whole picture, and the rest is grey.
    @Test func refusesACutOffArithmeticFile() throws {
        let bytes = try fixtures.bytes("arithmetic.jpg")
        let cut = Array(bytes.prefix(bytes.count * 3 / 4))
        #expect(reason(cut) == .truncated)
        let part = try Image.decode(cut, options: .reference)
        #expect(part.warnings.first == "picture: is cut off")
        let whole = try fixtures.expected.image("arithmetic.jpg")
        #expect(part.image.height == whole.height)
        #expect(part.image.pixels.prefix(12 * 3 * whole.width) == whole.pixels.prefix(12 * 3 * whole.width))
        #expect(part.image != whole)
        let scans = try fixtures.bytes("arithmetic_scans.jpg")
        #expect(reason(Array(scans.prefix(scans.count / 2))) == .truncated)
    }

    @Test func refusesTwelveBitsByName() throws {
        let file = fixtures.file("12bit.jpg")
        #expect {
            try Image(contentsOf: file)
        } throws: { error in
            "\(error)"
                == "\(file.path): is of a kind that is not read: Unsupported JPEG data precision 12; "
                + "save it as JPEG of 8 bits a sample, PNG or WebP"
        }
    }

    /// libjpeg-turbo reads these from version 3 on.
    @Test func readsLosslessJPEGsOrRefusesThemByName() throws {
        let file = fixtures.file("lossless.jpg")
        do {
            let image = try Image(contentsOf: file)
            #expect(difference(image, try fixtures.expected.image("lossless.jpg")) == nil)
        } catch {
            let words = "\(file.path): is of a kind that is not read: Unsupported JPEG process: SOF type 0xc3; save it"
            #expect("\(error)".hasPrefix(words), "\(error)")
        }
    }

    /// Pillow refuses these too, even where it accepts other cut-off files.
    @Test(arguments: ["lossy.webp", "lossless.webp", "alpha.webp", "animated.webp"])
    func refusesACutOffWebP(name: String) throws {
        let bytes = try fixtures.bytes(name)
        for count in stride(from: 12, to: bytes.count, by: 7) {
            #expect(reason(Array(bytes.prefix(count)), .reference) == .truncated)
        }
    }

    @Test func refusesWhatIsNoPicture() throws {
        let scratch = try TemporaryFolder()
        #expect(reason([]) == .empty)
        #expect(reason(Array("<!DOCTYPE html><html>not found</html>".utf8)) == .unknownFormat("an HTML or XML page"))
        #expect(reason(Array("GIF89a".utf8)) == .unknownFormat("a GIF picture"))
        #expect(reason(Array("version https://git-lfs.github.com/spec/v1".utf8)) != nil)
        let missing = scratch.url.appendingPathComponent("höhle 1.jpg")
        #expect {
            try Image(contentsOf: missing)
        } throws: { error in
            "\(error)" == "\(missing.path): cannot be read: No such file or directory"
        }
        let folder = scratch.url.appendingPathComponent("x.jpg")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        #expect(throws: ImageError(source: folder.path, reason: .notAFile)) { try Image(contentsOf: folder) }
        let empty = try scratch.write([], "empty.png")
        #expect(throws: ImageError(source: empty.path, reason: .empty)) { try Image(contentsOf: empty) }
    }

    @Test func limitsPixelsScansAndBytes() throws {
        var options = DecodingOptions()
        options.maximumPixels = 61 * 43 - 1
        let tooMany = ImageError.Reason.tooManyPixels(width: 61, height: 43, limit: 61 * 43 - 1)
        #expect(reason(try fixtures.bytes("420.jpg"), options) == tooMany)
        #expect(reason(try fixtures.bytes("rgb.png"), options) == tooMany)
        #expect(reason(try fixtures.bytes("lossy.webp"), options) == tooMany)
        options.maximumPixels = 61 * 43
        options.warningPixels = 100
        #expect(try Image.decode(fixtures.bytes("420.jpg"), options: options).warnings.count == 1)
        options.maximumScans = 3
        #expect(reason(try fixtures.bytes("progressive.jpg"), options) == .tooManyScans(limit: 3))
        options.maximumBytes = 100
        #expect(throws: ImageError.self) { try Image(contentsOf: fixtures.file("420.jpg"), options: options) }
    }

    /// A header may declare what it likes: the bytes must be able to hold it before memory is taken, and what they could
    /// hold must be within the limits.
    @Test func refusesBombsAtOnce() throws {
        let before = residentBytes()
        let jpeg = try fixtures.bytes("420.jpg")
        let frame = try #require(jpeg.indices.dropLast(9).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        func jpegDeclaring(_ side: Int) -> [UInt8] {
            let bytes = [UInt8(side >> 8), UInt8(side & 255)]
            return Array(jpeg[..<(frame + 5)]) + bytes + bytes + jpeg[(frame + 9)...]
        }
        let png = try Image(width: 1, height: 1, red: 0, green: 0, blue: 0).png()
        func pngDeclaring(_ side: Int) -> [UInt8] {
            let bytes = withUnsafeBytes(of: UInt32(side).bigEndian) { Array($0) }
            var header = Array(png[..<16]) + bytes + bytes + png[24..<29]
            header += withUnsafeBytes(of: crc32(header[12...]).bigEndian) { Array($0) }
            return header + png[33...]
        }
        let limit = DecodingOptions().maximumPixels
        for (bytes, side) in [(jpegDeclaring(0x3000), 0x3000), (pngDeclaring(0x3000), 0x3000)] {
            #expect(reason(bytes) == .implausibleSize(width: side, height: side, bytes: bytes.count))
        }
        for (bytes, side) in [(jpegDeclaring(65_500), 65_500), (pngDeclaring(1_000_000), 1_000_000)] {
            #expect(reason(bytes, .reference) == .tooManyPixels(width: side, height: side, limit: limit))
        }
        var webp = try fixtures.bytes("lossless.webp")
        webp.replaceSubrange(24..<30, with: [0xFF, 0x3F, 0, 0xFF, 0x3F, 0])
        let stream = try #require(webp.indices.dropLast(4).first { webp[$0...].starts(with: Array("VP8L".utf8)) }) + 9
        webp.replaceSubrange(stream..<stream + 4, with: [0xFF, 0xFF, 0xFF, webp[stream + 3] | 0x0F])
        #expect(reason(webp) == .tooManyPixels(width: 16384, height: 16384, limit: limit))
        #expect(residentBytes() - before < 256 << 20)
    }
}
