import Foundation
import JSON

/// A fingerprint of a file's bytes (64-bit FNV-1a over 8-byte words, and the length), by which a continued run finds
/// that a frozen weight's file was exchanged. It guards against mistakes, not against forgery.
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
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian) &* 0x100_0000_01b3
        }
        for byte in bytes[wordBytes...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    return String(hash, radix: 16) + "-\(data.count)"
}
