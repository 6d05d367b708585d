import Foundation
import JSON

/// A file of annotations, a JSON array of objects or one object a line, whose records are read one by one when they are
/// wanted. What stays in memory is the place of every sixteenth record.
public final class RecordFile: Sendable {
    /// The path, for errors.
    public let path: String
    /// The number of records.
    public let count: Int
    private let file: RandomAccessFile
    private let places: [UInt64]

    private static let interval = 16
    private static let recordByteLimit = 16 << 20

    /// Finds the records of a file. Throws an error that names the file, and the place if it holds something else.
    public init(contentsOf url: URL) throws {
        file = try AnnotationFile.open(url)
        path = url.path
        (count, places) = try Self.index(file)
    }

    /// A record. Throws an error that names the file, the record and what is wrong with it.
    public func record(_ number: Int) throws -> JSONValue {
        precondition(number >= 0 && number < count, "record \(number) of \(count)")
        let place = try place(of: number)
        do {
            return try JSONDocument(parsing: file.bytes(place), name: "\(path), record \(number)").root
        } catch var error as JSONError {
            guard let position = error.position else { throw error }
            // A mistake stands somewhere in the file, whatever the record's number.
            error.file = path
            error.position = try self.position(position, after: place.lowerBound)
            throw error
        }
    }

    private static func index(_ file: RandomAccessFile) throws -> (Int, [UInt64]) {
        var count = 0
        var places: [UInt64] = []
        var scanner = RecordScanner()
        try walk(file, from: 0, &scanner) { range in
            if count % interval == 0 { places.append(UInt64(range.lowerBound)) }
            guard range.count <= recordByteLimit else {
                throw FileError(
                    file: "\(file.path), record \(count)", problem: "has \(range.count) bytes, which is too many")
            }
            count += 1
            return true
        }
        guard scanner.isBetweenRecords else {
            throw FileError(file: file.path, problem: "ends inside record \(count)")
        }
        return (count, places)
    }

    /// Reads the file piece by piece until the end or until `found` returns false.
    private static func walk(
        _ file: RandomAccessFile, from offset: Int, of pieceByteCount: Int = 1 << 20, _ scanner: inout RecordScanner,
        found: (Range<Int>) throws -> Bool
    ) throws {
        var isWanted = true
        do {
            try file.forEachPiece(from: offset, of: pieceByteCount) { piece in
                if scanner.offset == 0, let format = ForeignFormat(piece), format != .empty {
                    throw FileError(file: file.path, problem: "is \(format.description)")
                }
                try scanner.scan(piece) {
                    isWanted = try found($0)
                    return isWanted
                }
                return isWanted
            }
        } catch let stray as RecordScanner.Stray {
            throw FileError(
                file: file.path,
                problem: "holds something else than records at byte \(stray.offset); wanted a JSON array of "
                    + "objects, or one object a line")
        }
    }

    /// A place in a record that begins at an offset, as a place in the file.
    private func position(_ position: JSONError.Position, after offset: Int) throws -> JSONError.Position {
        var (line, start, next) = (1, 0, 0)
        try file.forEachPiece { piece in
            for byte in piece.prefix(offset - next) {
                next += 1
                if byte == 0x0A { (line, start) = (line + 1, next) }
            }
            return next < offset
        }
        return JSONError.Position(
            line: line + position.line - 1,
            column: position.column.map { $0 + (position.line == 1 ? offset - start : 0) })
    }

    private func place(of number: Int) throws -> Range<Int> {
        let (line, rest) = number.quotientAndRemainder(dividingBy: Self.interval)
        let start = Int(places[line])
        var scanner = RecordScanner(at: start)
        var left = rest
        var wanted = 0..<0
        try Self.walk(file, from: start, of: 1 << 14, &scanner) { range in
            wanted = range
            left -= 1
            return left >= 0
        }
        return wanted
    }
}
