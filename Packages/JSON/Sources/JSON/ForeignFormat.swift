/// What a file is when it stands where JSON was expected: the usual results of a failed download or a wrong path.
enum ForeignFormat: CaseIterable {
    case empty, byteOrderMark, utf16, html, gitLFSPointer, gzip, zip

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let format = Self.allCases.first(where: { $0.matches(bytes) }) else { return nil }
        self = format
    }

    private func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .empty: bytes.allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        case .byteOrderMark: bytes.starts(with: [0xEF, 0xBB, 0xBF])
        case .utf16: bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        case .html: bytes.drop { $0 <= 0x20 }.first == UInt8(ascii: "<")
        case .gitLFSPointer: bytes.starts(with: "version https://git-lfs".utf8)
        case .gzip: bytes.starts(with: [0x1F, 0x8B])
        case .zip: bytes.starts(with: "PK\u{3}\u{4}".utf8)
        }
    }

    var problem: String {
        switch self {
        case .empty: "is empty; wanted JSON"
        case .byteOrderMark: "starts with a byte order mark; wanted JSON in plain UTF-8"
        case .utf16: "is UTF-16; wanted JSON in UTF-8"
        case .html: "is an HTML or XML page, not JSON; the download probably failed"
        case .gitLFSPointer: "is a Git LFS pointer, not the file itself; fetch it with `git lfs pull`"
        case .gzip: "is gzip-compressed; wanted plain JSON"
        case .zip: "is a zip archive; wanted plain JSON"
        }
    }
}
