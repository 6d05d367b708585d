import Foundation
import Images
import JSON

/// A folder of one's own: pictures, each with a text file of the same name beside it (`dog 1.jpg` and `dog 1.txt`) whose
/// lines are its captions. Folders below it are read too.
public struct FolderCaptions: CaptionSource {
    /// The folder.
    public let folder: URL
    /// Pictures without a caption, by their paths below the folder.
    public let withoutCaption: [String]
    private let samples: [CaptionedPicture]

    /// Reads the folder's list of files and the captions. Throws an error that names the folder or a text file that
    /// cannot be read.
    public init(_ folder: URL) throws {
        self.folder = folder
        var withoutCaption: [String] = []
        var samples: [CaptionedPicture] = []
        for path in try ImageFolder.paths(in: folder) {
            let file = folder.appendingPathComponent(path)
            let captions = try Self.captions(beside: file)
            if captions.isEmpty { withoutCaption.append(path) }
            samples += captions.map { CaptionedPicture(picture: PictureFile(file), caption: $0, imageID: path) }
        }
        self.withoutCaption = withoutCaption
        self.samples = samples
        if samples.isEmpty {
            let hint = withoutCaption.first.map { "\"\($0)\" has no .txt file beside it" } ?? "there is no picture"
            throw FileError(file: folder.path, problem: "holds no picture with captions: \(hint)")
        }
    }

    /// The folder's path.
    public var name: String { folder.path }

    /// The number of captions.
    public var count: Int { samples.count }

    /// A caption and its picture; `imageID` is the picture's path below the folder.
    public func sample(_ number: Int) throws -> CaptionedPicture { samples[number] }

    /// The lines of the text file beside a picture that are not blank; none if there is no such file.
    private static func captions(beside picture: URL) throws -> [String] {
        let file = picture.deletingPathExtension().appendingPathExtension("txt")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let text = try RandomAccessFile(file).text(limit: 1 << 20)
        return text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
