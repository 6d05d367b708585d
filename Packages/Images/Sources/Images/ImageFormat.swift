/// The formats that are read.
enum ImageFormat {
    case jpeg
    case png
    case webp

    /// The format by the first bytes: names lie too often to be asked.
    init?(of bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.count >= 12, bytes.starts(with: "RIFF".utf8), bytes[8..<12].elementsEqual("WEBP".utf8) {
            self = .webp
        } else {
            return nil
        }
    }

    /// What bytes of no known format look like, to say in an error.
    static func appearance(of bytes: UnsafeRawBufferPointer) -> String {
        let known: [(prefix: String, name: String)] = [
            ("GIF8", "a GIF picture"), ("BM", "a BMP picture"), ("II*\0", "a TIFF picture"),
            ("MM\0*", "a TIFF picture"), ("%PDF", "a PDF document"), ("PK\u{3}\u{4}", "a zip archive"),
            ("version https://git-lfs", "a Git LFS pointer and not the file itself"),
        ]
        if let match = known.first(where: { bytes.starts(with: $0.prefix.utf8) }) { return match.name }
        let start = bytes.prefix(256).drop { $0 == 0x20 || (0x09...0x0D).contains($0) || $0 == 0xEF }
        if start.first == UInt8(ascii: "<") { return "an HTML or XML page" }
        let isText = bytes.prefix(64).allSatisfy { (0x20...0x7E).contains($0) || (0x09...0x0D).contains($0) }
        return isText ? "text" : "neither"
    }
}
