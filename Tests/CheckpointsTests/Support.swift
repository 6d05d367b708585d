import Foundation
import Testing

/// A folder that is gone when the test ends.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoints-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// The text of the error that `body` throws, with the folder's path taken out.
func message(in folder: URL? = nil, _ body: () throws -> some Any) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return folder.map { "\(error)".replacingOccurrences(of: $0.path + "/", with: "") } ?? "\(error)"
    }
}

/// A safetensors file with this header and this many bytes of data, which count up from 0.
func safetensors(_ header: String, data count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
        + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
}

extension URL {
    static func / (folder: URL, name: String) -> URL { folder.appendingPathComponent(name) }
}
