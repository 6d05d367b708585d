import CImages
import Foundation

extension Image {
    /// The bytes of a JPEG file: baseline, 4:2:0 unless `fullChroma`, quality 1 to 100 on libjpeg's scale.
    public func jpeg(quality: Int = 90, fullChroma: Bool = false) throws -> [UInt8] {
        precondition((1...100).contains(quality), "a JPEG quality of \(quality); 1 to 100 is wanted")
        return try encode("JPEG") { rgb, buffer, report in
            img_jpeg_encode(rgb, Int32(width), Int32(height), Int32(quality), fullChroma, &buffer, &report)
        }
    }

    /// The bytes of a PNG file: 8-bit RGB, deflated at level 0 to 9.
    public func png(level: Int = 6) throws -> [UInt8] {
        precondition((0...9).contains(level), "a PNG compression level of \(level); 0 to 9 is wanted")
        return try encode("PNG") { rgb, buffer, report in
            img_png_encode(rgb, Int32(width), Int32(height), Int32(level), &buffer, &report)
        }
    }

    private func encode(
        _ format: String, _ body: (UnsafePointer<UInt8>, inout img_buffer, inout img_report) -> img_status
    ) throws -> [UInt8] {
        var buffer = img_buffer()
        var report = img_report()
        defer { img_buffer_free(&buffer) }
        let status = pixels.withUnsafeBufferPointer { pixels in
            pixels.baseAddress.map { body($0, &buffer, &report) } ?? IMG_CORRUPT
        }
        guard status == IMG_OK else {
            let reason: ImageError.Reason =
                status == IMG_OUT_OF_MEMORY ? .outOfMemory : .unsupported(message(of: report))
            throw ImageError(source: "\(format) of \(width) x \(height) pixels", reason: reason)
        }
        return Array(UnsafeBufferPointer(start: buffer.bytes, count: buffer.count))
    }
}
