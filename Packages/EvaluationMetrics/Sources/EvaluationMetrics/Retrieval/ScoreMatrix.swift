import Foundation
import JSON

/// How well each image goes with each text, a row for each image. [images, texts]
public struct ScoreMatrix: Sendable {
    /// Where the scores come from, for messages.
    public let name: String
    /// The number of images.
    public let rowCount: Int
    /// The number of texts.
    public let columnCount: Int
    private let scores: Scores

    private enum Scores: Sendable {
        case memory([Float])
        /// Those of some columns of each row, in the order of the columns, and the score of all others.
        case sparse([[(column: Int, score: Float)]], others: Double)
        /// Numbers of four or eight bytes, little-endian, from a place of a file.
        case file(MappedFile, offset: Int, size: Int)
    }

    /// Scores from memory, row by row.
    ///
    /// - Throws: `EvaluationError` if the rows differ in length.
    public init(_ rows: [[Float]], name: String = "scores") throws {
        self.name = name
        rowCount = rows.count
        columnCount = rows.first?.count ?? 0
        guard let other = rows.firstIndex(where: { $0.count != rows[0].count }) else {
            scores = .memory(rows.flatMap { $0 })
            return
        }
        throw EvaluationError(
            files: name, problem: "row \(other) has \(rows[other].count) scores, row 0 has \(columnCount)")
    }

    /// Scores of some pairs, the columns of each row in any order; all other pairs have one score. Memory is taken for what
    /// is given alone.
    ///
    /// - Precondition: no column stands in a row twice, or beyond `columnCount`.
    public init(
        sparse rows: [[(column: Int, score: Float)]], columnCount: Int, others: Float, name: String = "scores"
    ) {
        self.name = name
        self.columnCount = columnCount
        rowCount = rows.count
        scores = .sparse(rows.map { row in row.sorted { $0.column < $1.column } }, others: Double(others))
    }

    /// Reads NumPy's `.npy` (two axes, float32 or float64, in C order), which is mapped into memory, or a JSON list of rows.
    ///
    /// - Throws: `FileError`, `JSONError` or `EvaluationError` that name the file.
    public init(contentsOf url: URL) throws {
        guard url.pathExtension == "npy" else {
            let document = try JSONDocument(contentsOf: url)
            let rows = try document.root.array.map { row in try row.array.map { Float(try $0.double) } }
            try self.init(rows, name: document.name)
            return
        }
        let file = try MappedFile(url)
        self.init(file, try NumPyHeader(file))
    }

    private init(_ file: MappedFile, _ header: NumPyHeader) {
        name = file.path
        rowCount = header.shape.0
        columnCount = header.shape.1
        scores = .file(file, offset: header.offset, size: header.size)
    }

    /// Where the first score is that is not a number.
    var firstNaN: (row: Int, column: Int)? {
        for row in 0..<rowCount {
            var first: Int?
            forEachScore(row: row) { column, score in if score.isNaN && first == nil { first = column } }
            if let first { return (row, first) }
        }
        return nil
    }

    /// Hands out the score of each text for an image, or of each image for a text.
    func forEachScore(row: Int, _ body: (_ column: Int, _ score: Double) -> Void) {
        switch scores {
        case .memory(let scores):
            for column in 0..<columnCount { body(column, Double(scores[row * columnCount + column])) }
        case .sparse(let rows, let others):
            var rest = rows[row][...]
            for column in 0..<columnCount {
                if let next = rest.first, next.column == column {
                    body(column, Double(next.score))
                    rest.removeFirst()
                } else {
                    body(column, others)
                }
            }
        case .file(let file, let offset, let size):
            for column in 0..<columnCount {
                let place = offset + size * (row * columnCount + column)
                if size == 4 {
                    let bits = file.bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian
                    body(column, Double(Float(bitPattern: bits)))
                } else {
                    let bits = file.bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
                    body(column, Double(bitPattern: bits))
                }
            }
        }
    }
}

/// The head of a NumPy file. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
private struct NumPyHeader {
    let shape: (Int, Int)
    let size: Int
    let offset: Int

    init(_ file: MappedFile) throws {
        func error(_ problem: String) -> FileError { FileError(file: file.path, problem: problem) }
        let bytes = file.bytes
        guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
            throw error("wanted a NumPy array (.npy)")
        }
        let isShort = bytes[6] == 1
        let start = isShort ? 10 : 12
        let count =
            isShort
            ? Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self).littleEndian)
            : Int(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self).littleEndian)
        guard count <= bytes.count - start else { throw error("is truncated") }
        let text = String(decoding: bytes[start..<start + count], as: UTF8.self)
        let types = ["'<f4'": 4, "'<f8'": 8]
        guard let size = types.first(where: { text.contains($0.key) })?.value, text.contains("'fortran_order': False")
        else { throw error("wanted float32 or float64 in C order; its head is \(text.prefix(100))") }
        let axes = text.split(separator: "(").last?.split(separator: ")").first?.split(separator: ",")
            .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        guard let axes, axes.count == 2, axes.allSatisfy({ $0 >= 0 }) else {
            throw error("wanted two axes, images and texts; its head is \(text.prefix(100))")
        }
        let (cells, overflow) = axes[0].multipliedReportingOverflow(by: axes[1])
        guard !overflow, cells <= (bytes.count - start - count) / size else { throw error("is truncated") }
        shape = (axes[0], axes[1])
        self.size = size
        offset = start + count
    }
}
