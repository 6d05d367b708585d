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
        return try JSONDocument(parsing: try bytes(of: number), name: "\(path), record \(number)").root
    }

    private static func index(_ file: RandomAccessFile) throws -> (Int, [UInt64]) {
        var count = 0
        var places: [UInt64] = []
        var scanner = RecordScanner()
        try walk(file, from: 0, &scanner) { range in
            if count % interval == 0 { places.append(UInt64(range.lowerBound)) }
            guard range.count <= recordByteLimit else {
                throw FileError(file: file.path, problem: "record \(count) has \(range.count) bytes, which is too many")
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

    private func bytes(of number: Int) throws -> [UInt8] {
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
        return try file.bytes(wanted)
    }
}
