/// How a camera was held, as EXIF tells it (tag 274, values 1 to 8).
struct ImageOrientation {
    /// 1 is upright.
    let value: Int

    /// The orientation a file declares; upright if it declares none or one that makes no sense.
    init(in bytes: UnsafeRawBufferPointer, format: ImageFormat) {
        let block =
            switch format {
            case .jpeg: Self.jpegBlock(bytes)
            case .png: Self.pngBlock(bytes)
            case .webp: Self.webpBlock(bytes)
            }
        let value = block.flatMap(Self.tag) ?? 1
        self.value = (1...8).contains(value) ? value : 1
    }

    /// The TIFF block of the first APP1 segment that begins with `Exif`.
    private static func jpegBlock(_ bytes: UnsafeRawBufferPointer) -> ByteWindow? {
        let file = ByteWindow(bytes[...])
        var offset = 2
        while let marker = file.number(at: offset, bytes: 2, littleEndian: false), marker >> 8 == 0xFF, marker != 0xFFDA
        {
            guard let length = file.number(at: offset + 2, bytes: 2, littleEndian: false), length >= 2 else { break }
            if marker == 0xFFE1, let segment = file.part(at: offset + 4, bytes: length - 2),
                segment.starts(with: "Exif\0\0")
            {
                return segment.part(at: 6, bytes: segment.count - 6)
            }
            offset += 2 + length
        }
        return nil
    }

    /// The `eXIf` chunk.
    private static func pngBlock(_ bytes: UnsafeRawBufferPointer) -> ByteWindow? {
        let file = ByteWindow(bytes[...])
        var offset = 8
        while let length = file.number(at: offset, bytes: 4, littleEndian: false) {
            guard let name = file.part(at: offset + 4, bytes: 4) else { break }
            if name.starts(with: "eXIf") { return file.part(at: offset + 8, bytes: length) }
            if name.starts(with: "IEND") { break }
            offset += 12 + length
        }
        return nil
    }

    /// The `EXIF` chunk; some writers put JPEG's mark in front of the block.
    private static func webpBlock(_ bytes: UnsafeRawBufferPointer) -> ByteWindow? {
        let file = ByteWindow(bytes[...])
        var offset = 12
        while let length = file.number(at: offset + 4, bytes: 4, littleEndian: true) {
            if file.part(at: offset, bytes: 4)?.starts(with: "EXIF") == true {
                guard let block = file.part(at: offset + 8, bytes: length) else { return nil }
                return block.starts(with: "Exif\0\0") ? block.part(at: 6, bytes: block.count - 6) : block
            }
            offset += 8 + length + length % 2
        }
        return nil
    }

    /// The orientation entry of the first directory of a TIFF block.
    private static func tag(in block: ByteWindow) -> Int? {
        let little = block.starts(with: "II")
        guard little || block.starts(with: "MM"),
            let directory = block.number(at: 4, bytes: 4, littleEndian: little),
            let entries = block.number(at: directory, bytes: 2, littleEndian: little)
        else { return nil }
        for entry in 0..<entries {
            let offset = directory + 2 + entry * 12
            guard let tag = block.number(at: offset, bytes: 2, littleEndian: little) else { return nil }
            if tag == 274 { return block.number(at: offset + 8, bytes: 2, littleEndian: little) }
        }
        return nil
    }
}

/// Bytes that answer nil outside their bounds.
private struct ByteWindow {
    private let bytes: Slice<UnsafeRawBufferPointer>

    init(_ bytes: Slice<UnsafeRawBufferPointer>) { self.bytes = bytes }

    var count: Int { bytes.count }

    func part(at offset: Int, bytes length: Int) -> ByteWindow? {
        guard offset >= 0, length >= 0, offset <= count, length <= count - offset else { return nil }
        let start = bytes.startIndex + offset
        return ByteWindow(bytes[start..<start + length])
    }

    func number(at offset: Int, bytes length: Int, littleEndian: Bool) -> Int? {
        guard let digits = part(at: offset, bytes: length)?.bytes else { return nil }
        return littleEndian
            ? digits.reversed().reduce(0) { $0 << 8 | Int($1) } : digits.reduce(0) { $0 << 8 | Int($1) }
    }

    func starts(with text: String) -> Bool { bytes.starts(with: text.utf8) }
}

extension Image {
    /// The picture turned upright, as Pillow's `ImageOps.exif_transpose`.
    func oriented(_ orientation: ImageOrientation) -> Image {
        let (right, bottom) = (width - 1, height - 1)
        return switch orientation.value {
        case 2: flippedHorizontally()
        case 3: remapped(width: width, height: height) { x, y in (right - x, bottom - y) }
        case 4: remapped(width: width, height: height) { x, y in (x, bottom - y) }
        case 5: remapped(width: height, height: width) { x, y in (y, x) }
        case 6: remapped(width: height, height: width) { x, y in (y, bottom - x) }
        case 7: remapped(width: height, height: width) { x, y in (right - y, bottom - x) }
        case 8: remapped(width: height, height: width) { x, y in (right - y, x) }
        default: self
        }
    }
}
