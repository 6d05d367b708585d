import Datasets
import Foundation
import Images

/// A folder of its own, gone when the test is over.
final class ScratchFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    @discardableResult
    func write(_ text: String, _ name: String) throws -> URL { try write(Array(text.utf8), name) }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> URL {
        let file = file(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file
    }
}

/// A picture whose every sample depends on `number`.
func picture(_ number: Int, width: Int = 20, height: Int = 14) -> Image {
    Image(
        width: width, height: height,
        pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7 + number * 31 + $0 / 11) })
}

/// A set of pictures and captions: `count` PNG files, two captions each, as COCO's annotation file has them.
func writeSet(_ folder: ScratchFolder, count: Int, name: String = "train.json") throws -> AnnotatedCaptions {
    var records: [String] = []
    for number in 0..<count {
        try folder.write(picture(number).png(), "images/\(number).png")
        for caption in ["Picture No. \(number)!", "the other caption of \(number)"] {
            records.append(
                "{\"image\": \"\(number).png\", \"caption\": \"\(caption)\", \"image_id\": \"own_\(number)\"}")
        }
    }
    let file = try folder.write("[" + records.joined(separator: ",\n ") + "]", name)
    return try AnnotatedCaptions(contentsOf: file, imagesIn: folder.file("images"))
}

/// The sentence of the error that `body` throws.
func message(_ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

/// A small generator with a state one can see (SplitMix64).
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
