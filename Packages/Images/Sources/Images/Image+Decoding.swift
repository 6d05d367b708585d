import CImages
import Foundation

extension Image {
    /// Reads a JPEG, PNG or WebP file.
    ///
    /// The pixels equal those of Pillow's `Image.open(file).convert("RGB")`: alpha is dropped, colour profiles and
    /// gamma are left alone, and of an animation the first frame is taken. Throws an `ImageError` that names the file.
    public init(contentsOf file: URL, options: DecodingOptions = DecodingOptions()) throws {
        self = try Image.decode(contentsOf: file, options: options).image
    }

    /// Reads the bytes of a JPEG, PNG or WebP file; `source` names them in errors.
    public init(
        decoding bytes: some Sequence<UInt8>, source: String = "picture",
        options: DecodingOptions = DecodingOptions()
    ) throws {
        self = try Image.decode(bytes, source: source, options: options).image
    }

    /// Reads a JPEG, PNG or WebP file, with what was amiss.
    public static func decode(
        contentsOf file: URL, options: DecodingOptions = DecodingOptions()
    ) throws -> DecodedImage {
        let bytes = try BoundedFile.read(file, limit: options.maximumBytes)
        return try decode(bytes, source: file.path, options: options)
    }

    /// Reads the bytes of a JPEG, PNG or WebP file, with what was amiss; `source` names them in errors.
    public static func decode(
        _ bytes: some Sequence<UInt8>, source: String = "picture", options: DecodingOptions = DecodingOptions()
    ) throws -> DecodedImage {
        let decoded = try bytes.withContiguousStorageIfAvailable {
            try ImageDecoder(source: source, options: options, bytes: UnsafeRawBufferPointer($0)).decode()
        }
        if let decoded { return decoded }
        return try Array(bytes).withUnsafeBytes {
            try ImageDecoder(source: source, options: options, bytes: $0).decode()
        }
    }
}

/// One decoding: the bytes, what is accepted, and the name for errors.
private struct ImageDecoder {
    let source: String
    let options: DecodingOptions
    let bytes: UnsafeRawBufferPointer

    func decode() throws -> DecodedImage {
        guard let address = bytes.bindMemory(to: UInt8.self).baseAddress, !bytes.isEmpty else {
            throw failure(.empty)
        }
        guard let format = ImageFormat(of: bytes) else {
            throw failure(.unknownFormat(ImageFormat.appearance(of: bytes)))
        }
        let size = try check { report, limits in
            switch format {
            case .jpeg: img_jpeg_measure(address, bytes.count, &limits, &report)
            case .png: img_png_measure(address, bytes.count, &limits, &report)
            case .webp: img_webp_measure(address, bytes.count, &limits, &report)
            }
        }
        var report = size
        let byteCount = Int(size.width) * Int(size.height) * 3
        // Zeros, for the rows that a cut-off file does not reach.
        var pixels = [UInt8](repeating: 0, count: byteCount)
        try pixels.withUnsafeMutableBufferPointer { target in
            guard let rgb = target.baseAddress else { throw failure(.outOfMemory) }
            report = try check { report, limits in
                switch format {
                case .jpeg: img_jpeg_decode(address, bytes.count, &limits, rgb, &report)
                case .png: img_png_decode(address, bytes.count, &limits, rgb, &report)
                case .webp: img_webp_decode(address, bytes.count, &limits, rgb, &report)
                }
            }
        }
        let image = Image(width: Int(size.width), height: Int(size.height), pixels: pixels)
        return DecodedImage(image: upright(image, format), warnings: warnings(of: report))
    }

    private func upright(_ image: Image, _ format: ImageFormat) -> Image {
        guard options.appliesOrientation else { return image }
        return image.oriented(ImageOrientation(in: bytes, format: format))
    }

    private func warnings(of report: img_report) -> [String] {
        var warnings: [String] = []
        let pixels = Int(report.width) * Int(report.height)
        if pixels > options.warningPixels {
            warnings.append("\(source): \(pixels) pixels, more than \(options.warningPixels)")
        }
        if report.truncated { warnings.append("\(source): is cut off") }
        if report.warnings > 0 { warnings.append("\(source): \(message(of: report))") }
        return warnings
    }

    private func check(
        _ body: (inout img_report, inout img_limits) -> img_status
    ) throws -> img_report {
        var report = img_report()
        var limits = img_limits(
            maximum_pixels: Int64(options.maximumPixels), maximum_scans: Int32(clamping: options.maximumScans),
            accepts_truncated: options.acceptsTruncated)
        let status = body(&report, &limits)
        guard status != IMG_OK else { return report }
        throw failure(reason(status, report))
    }

    private func reason(_ status: img_status, _ report: img_report) -> ImageError.Reason {
        let (width, height) = (Int(report.width), Int(report.height))
        return switch status {
        case IMG_TRUNCATED: .truncated
        case IMG_TOO_MANY_PIXELS: .tooManyPixels(width: width, height: height, limit: options.maximumPixels)
        case IMG_IMPLAUSIBLE: .implausibleSize(width: width, height: height, bytes: bytes.count)
        case IMG_TOO_MANY_SCANS: .tooManyScans(limit: options.maximumScans)
        case IMG_UNSUPPORTED: .unsupported(message(of: report))
        case IMG_OUT_OF_MEMORY: .outOfMemory
        default: .corrupt(message(of: report))
        }
    }

    private func failure(_ reason: ImageError.Reason) -> ImageError { ImageError(source: source, reason: reason) }
}

/// The codec's words, a C string in a fixed array.
func message(of report: img_report) -> String {
    withUnsafeBytes(of: report.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
