import Datasets
import Foundation
import Images
import TestSupport

/// A picture whose every sample depends on `number`.
func picture(_ number: Int, width: Int = 20, height: Int = 14) -> Image {
    Image(
        width: width, height: height,
        pixels: (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 * 7 + number * 31 + $0 / 11) })
}

/// A set of pictures and captions: `count` PNG files, two captions each, as COCO's annotation file has them.
func writeSet(_ folder: TemporaryFolder, count: Int, name: String = "train.json") throws -> AnnotatedCaptions {
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
