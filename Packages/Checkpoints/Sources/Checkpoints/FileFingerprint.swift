import Foundation
import JSON

/// A fingerprint of a file: a 64-bit FNV-1a hash of its 8-byte words, and its length. A continued run finds by it that
/// a file was exchanged on which its results depend. It guards against mistakes, not against forgery.
///
/// - Throws: `FileError` if the file cannot be read.
public func fingerprint(of file: URL) throws -> String {
    let data: Data
    do {
        data = try Data(contentsOf: file, options: .alwaysMapped)
    } catch {
        throw FileError(file: file.path, problem: "cannot be read: \(error.localizedDescription)")
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    data.withUnsafeBytes { bytes in
        let wordBytes = bytes.count / 8 * 8
        for offset in stride(from: 0, to: wordBytes, by: 8) {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            hash = (hash ^ word) &* 0x100_0000_01b3
        }
        for byte in bytes[wordBytes...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16) + "-\(data.count)"
}
