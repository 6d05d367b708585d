import Foundation

/// Reads whole files with the checks that every format shares.
enum TokenizerFile {
    /// No published vocabulary comes near this; a lexicon's offsets have 32 bits.
    static let byteLimit = 256 << 20

    /// The bytes of a file.
    ///
    /// - Parameters:
    ///   - kind: what the file should hold, for messages.
    ///   - byteLimit: larger files are refused unread.
    /// - Throws: `TokenizerFileError` when it is not a readable file of moderate size, or plainly something else.
    static func read(
        _ url: URL, kind: String, byteLimit: Int = byteLimit
    ) throws(TokenizerFileError) -> [UInt8] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) else {
            throw TokenizerFileError(.missing, url, found: "no such file", expected: kind)
        }
        let bytes: [UInt8]
        do {
            // The Hugging Face libraries' cache holds links to files.
            let values = try url.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard !isDirectory.boolValue, values.isRegularFile ?? false else {
                throw TokenizerFileError(.foreign, url, found: "something that is not a plain file", expected: kind)
            }
            guard values.fileSize ?? 0 <= byteLimit else {
                throw TokenizerFileError(
                    .foreign, url, found: "\(values.fileSize ?? 0) bytes", expected: "\(kind) of at most \(byteLimit)")
            }
            bytes = try [UInt8](Data(contentsOf: url))
        } catch let error as TokenizerFileError {
            throw error
        } catch {
            throw TokenizerFileError(.inaccessible, url, found: error.localizedDescription, expected: kind)
        }
        if let found = foreignContent(of: bytes) {
            throw TokenizerFileError(.foreign, url, found: found, expected: kind)
        }
        return bytes
    }

    /// What is often found in a vocabulary's place, or nil.
    private static func foreignContent(of bytes: [UInt8]) -> String? {
        if bytes.isEmpty { return "an empty file" }
        if bytes.starts(with: "version https://git-lfs.github.com/spec".utf8) {
            return "a Git-LFS pointer: the file itself was not fetched (git lfs pull fetches it)"
        }
        if bytes.starts(with: [0x1F, 0x8B]) { return "a gzip archive" }
        if bytes.starts(with: "PK\u{3}\u{4}".utf8) { return "a zip archive" }
        let head = bytes.prefix(64).drop { $0 <= 0x20 }.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
        if head.starts(with: "<!doctype html".utf8) || head.starts(with: "<html".utf8) { return "a web page" }
        return nil
    }
}
