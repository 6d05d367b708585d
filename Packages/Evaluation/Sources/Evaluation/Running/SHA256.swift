import CLibCrypto
import Foundation
import JSON

/// The SHA-256 of a file's bytes in hexadecimal digits, as `sha256sum` prints it.
///
/// - Throws: `FileError` if the file cannot be read.
func sha256(of file: URL) throws -> String {
    func error(_ problem: String) -> FileError { FileError(file: file.path, problem: problem) }
    let state = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(state) }
    guard EVP_DigestInit_ex(state, EVP_sha256(), nil) == 1 else { throw error("OpenSSL has no SHA-256 here") }
    do {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        while let part = try handle.read(upToCount: 4 << 20), !part.isEmpty {
            _ = part.withUnsafeBytes { EVP_DigestUpdate(state, $0.baseAddress, $0.count) }
        }
    } catch let failure {
        throw error("cannot be read: \(failure.localizedDescription)")
    }
    var digest = [UInt8](repeating: 0, count: 32)
    EVP_DigestFinal_ex(state, &digest, nil)
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
