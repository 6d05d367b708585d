import Foundation
import JSON

/// A table of pictures and captions: comma-separated values (RFC 4180), or tab-separated where the file is named `.tsv`,
/// with a first row that names the columns.
public struct TableCaptions: CaptionSource {
    /// Names of the column of pictures' paths.
    public static let imageColumns = ["image", "file", "file_name", "filename", "filepath", "path", "image_path"]
    /// Names of the column of captions.
    public static let captionColumns = ["caption", "text", "title", "description"]

    /// The folder that the pictures' paths start from.
    public let folder: URL
    private let rows: RowFile
    private let imageColumn: Int
    private let captionColumn: Int

    /// Opens a table. Throws an error that names the file and what its first row lacks.
    public init(contentsOf file: URL, imagesIn folder: URL) throws {
        self.folder = folder
        let isTabbed = file.lastPathComponent.lowercased().contains(".tsv")
        rows = try RowFile(contentsOf: file, separator: UInt8(ascii: isTabbed ? "\t" : ","))
        guard rows.count > 1 else { throw FileError(file: file.path, problem: "holds no caption below its first row") }
        let header = try rows.row(0).map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        func column(_ names: [String]) throws -> Int {
            if let column = header.firstIndex(where: names.contains) { return column }
            throw FileError(
                file: file.path,
                problem: "the first row names no column \(names[0]); there are \(header.joined(separator: ", ")), "
                    + "wanted one of \(names.joined(separator: ", "))")
        }
        imageColumn = try column(Self.imageColumns)
        captionColumn = try column(Self.captionColumns)
        _ = try sample(0)
    }

    /// The file.
    public var name: String { rows.path }

    /// The number of captions.
    public var count: Int { rows.count - 1 }

    /// A caption and its picture.
    public func sample(_ number: Int) throws -> CaptionedPicture {
        let row = try rows.row(number + 1)
        guard max(imageColumn, captionColumn) < row.count else {
            throw FileError(
                file: "\(name), row \(number + 2)",
                problem: "has \(row.count) columns, wanted \(max(imageColumn, captionColumn) + 1)")
        }
        return CaptionedPicture(
            picture: PictureFile(folder.appendingPathComponent(row[imageColumn])), caption: row[captionColumn],
            imageID: row[imageColumn])
    }
}
