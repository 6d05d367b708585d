import CZlib
import Foundation
import JSON

/// A zip archive whose entries are stored as they are, each from a multiple of 64 bytes on.
final class StoredArchive {
    private let file: FileReplacement
    private let path: String
    private var offset = 0
    private var directory: [UInt8] = []
    private var count = 0

    init(_ url: URL) throws {
        path = url.path
        file = try FileReplacement(of: url)
    }

    func add(_ name: String, _ content: UnsafeRawBufferPointer) throws {
        let checksum = crc32_z(0, content.bindMemory(to: UInt8.self).baseAddress, content.count)
        // Version 2.0, stored, without a date.
        let common =
            little(20, 2) + little(0, 8) + little(Int(checksum), 4) + little(content.count, 4)
            + little(content.count, 4) + little(name.utf8.count, 2)
        let start = offset + 30 + name.utf8.count
        // PyTorch pads by a field of its own, called FB.
        let padding = 64 - (start + 4) % 64
        let head =
            [0x50, 0x4B, 3, 4] + common + little(padding + 4, 2) + Array(name.utf8) + Array("FB".utf8)
            + little(padding, 2) + Array(repeating: UInt8(ascii: "Z"), count: padding)
        directory +=
            [0x50, 0x4B, 1, 2] + little(20, 2) + common + little(0, 12) + little(offset, 4) + Array(name.utf8)
        offset += head.count + content.count
        count += 1
        guard offset + directory.count <= UInt32.max, count <= UInt16.max else {
            throw FileError(file: path, problem: "would exceed 4 GB or 65535 tensors, for which zip needs another form")
        }
        try file.append(head)
        try file.append(contentsOf: content)
    }

    func finish() throws {
        let end =
            [0x50, 0x4B, 5, 6] + little(0, 4) + little(count, 2) + little(count, 2) + little(directory.count, 4)
            + little(offset, 4) + little(0, 2)
        try file.append(directory + end)
        try file.commit()
    }
}

/// The lowest bytes of a number, the lowest first.
func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
