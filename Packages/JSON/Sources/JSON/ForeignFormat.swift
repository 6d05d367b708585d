/// What a file is when it stands where another format was expected: the usual results of a failed download, a wrong
/// path or an unusual editor. Recognised by the first bytes.
public enum ForeignFormat: CaseIterable, Sendable {
    case empty, byteOrderMark, utf16, html, gitLFSPointer, gzip, zip, pickle

    /// The format of a file that is known not to be what was wanted; nil if it is none of these.
    public init?(_ bytes: some Collection<UInt8>) {
        guard let format = Self.allCases.first(where: { $0.matches(bytes) }) else { return nil }
        self = format
    }

    private func matches(_ bytes: some Collection<UInt8>) -> Bool {
        switch self {
        case .empty: bytes.allSatisfy { [0x20, 0x0A, 0x0D, 0x09].contains($0) }
        case .byteOrderMark: bytes.starts(with: [0xEF, 0xBB, 0xBF])
        case .utf16: bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
        case .html: bytes.first { $0 > 0x20 } == UInt8(ascii: "<")
        case .gitLFSPointer: bytes.starts(with: "version https://git-lfs".utf8)
        case .gzip: bytes.starts(with: [0x1F, 0x8B])
        case .zip: bytes.starts(with: "PK\u{3}\u{4}".utf8)
        case .pickle: bytes.first == 0x80 && bytes.dropFirst().first.map { $0 >= 2 && $0 <= 5 } ?? false
        }
    }

    /// What the file is, to follow "is" in a sentence.
    public var description: String {
        switch self {
        case .empty: "empty"
        case .byteOrderMark: "text with a byte order mark in front; save it as plain UTF-8"
        case .utf16: "UTF-16 text; save it as UTF-8"
        case .html: "an HTML or XML page; the download probably failed"
        case .gitLFSPointer: "a Git LFS pointer and not the file itself; fetch that with `git lfs pull`"
        case .gzip: "gzip-compressed"
        case .zip: "a zip archive, as PyTorch's .pth files are"
        case .pickle: "a Python pickle"
        }
    }
}
