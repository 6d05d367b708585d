import Foundation
import JSON

/// A file of separated values whose rows are read one by one when they are wanted. What stays in memory is the place of
/// each row.
final class RowFile: Sendable {
    /// The path, for errors.
    let path: String
    /// The number of rows that are not blank.
    var count: Int { places.count }
    private let file: RandomAccessFile
    private let places: [Range<Int>]
    private let separator: UInt8

    private static let quote = UInt8(ascii: "\"")
    private static let rowByteLimit = 16 << 20

    /// Finds the rows of a file. Throws an error that names the file.
    init(contentsOf url: URL, separator: UInt8) throws {
        self.separator = separator
        path = url.path
        file = try AnnotationFile.open(url)
        places = try Self.index(file)
    }

    /// A row's columns, without their quotes. Throws an error that names the file and the row if it is not UTF-8.
    func row(_ number: Int) throws -> [String] {
        let bytes = try file.bytes(places[number])
        return try columns(of: bytes).map { column in
            guard let text = String(validating: column, as: UTF8.self) else {
                throw FileError(file: "\(path), row \(number + 1)", problem: "is not UTF-8")
            }
            return text
        }
    }

    /// A line end inside quotes belongs to its row.
    private static func index(_ file: RandomAccessFile) throws -> [Range<Int>] {
        var places: [Range<Int>] = []
        var isQuoted = false
        var start = 0
        var offset = 0
        var isBlank = true
        func end() throws {
            guard offset - start <= rowByteLimit else {
                throw FileError(
                    file: "\(file.path), row \(places.count + 1)", problem: "has more bytes than are accepted")
            }
            if !isBlank { places.append(start..<offset) }
            isBlank = true
        }
        try file.forEachPiece { piece in
            for byte in piece {
                if byte == quote { isQuoted.toggle() }
                if byte == 0x0A && !isQuoted {
                    try end()
                    start = offset + 1
                } else if byte != 0x0D && byte != 0x20 {
                    isBlank = false
                }
                offset += 1
            }
            return true
        }
        guard !isQuoted else { throw FileError(file: file.path, problem: "ends inside quotes") }
        try end()
        return places
    }

    private func columns(of bytes: [UInt8]) -> [[UInt8]] {
        var columns: [[UInt8]] = [[]]
        var isQuoted = false
        var follows = false
        for byte in bytes.last == 0x0D ? bytes.dropLast() : bytes[...] {
            if byte == Self.quote {
                // Two quotes inside quotes stand for one.
                if !isQuoted && follows { columns[columns.count - 1].append(byte) }
                isQuoted.toggle()
                follows = !isQuoted
                continue
            }
            follows = false
            if byte == separator && !isQuoted {
                columns.append([])
            } else {
                columns[columns.count - 1].append(byte)
            }
        }
        return columns
    }
}
