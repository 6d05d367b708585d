import Foundation
import JSON

/// A folder of one's own: pictures, each with a text file of the same name beside it (`dog 1.jpg` and `dog 1.txt`) whose
/// lines are its captions. Folders below it are read too.
public struct FolderCaptions: CaptionSource {
    /// The folder.
    public let folder: URL
    /// Pictures without a caption, by their paths below the folder.
    public let withoutCaption: [String]
    private let samples: [CaptionedPicture]

    /// File endings of pictures.
    static let pictureExtensions: Set<String> = ["jpg", "jpeg", "png", "webp"]

    /// Reads the folder's list of files and the captions. Throws an error that names the folder or a text file that
    /// cannot be read.
    public init(_ folder: URL) throws {
        self.folder = folder
        var withoutCaption: [String] = []
        var samples: [CaptionedPicture] = []
        for path in try Self.picturePaths(in: folder) {
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

    /// The pictures of a folder and those below it, in the order of their paths' bytes.
    static func picturePaths(in folder: URL) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(file: folder.path, problem: "is no folder")
        }
        // Of a link to a folder nothing would be named.
        guard let paths = FileManager.default.enumerator(atPath: folder.resolvingSymlinksInPath().path) else {
            throw FileError(file: folder.path, problem: "cannot be read")
        }
        let pictures = paths.compactMap { $0 as? String }.filter { path in
            let name = (path as NSString)
            return pictureExtensions.contains(name.pathExtension.lowercased())
                && !name.lastPathComponent.hasPrefix(".")
        }
        return pictures.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The lines of the text file beside a picture that are not blank; none if there is no such file.
    private static func captions(beside picture: URL) throws -> [String] {
        let file = picture.deletingPathExtension().appendingPathExtension("txt")
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let text = try RandomAccessFile(file).text(limit: 1 << 20)
        return text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
