import Foundation
import JSON

/// The pictures of a folder and of those below it.
public enum ImageFolder {
    /// The endings of the names of files that are taken for pictures, in lower case.
    public static let endings: Set<String> = ["jpg", "jpeg", "jpe", "png", "webp"]

    /// The paths below the folder, in the order of their bytes. Hidden files are passed over.
    ///
    /// - Throws: `FileError` if there is no such folder, or it cannot be read.
    public static func paths(in folder: URL) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw FileError(file: folder.path, problem: "is no folder")
        }
        // Of a link to a folder nothing would be named.
        guard let paths = FileManager.default.enumerator(atPath: folder.resolvingSymlinksInPath().path) else {
            throw FileError(file: folder.path, problem: "cannot be read")
        }
        return paths.compactMap { $0 as? String }.filter(isPicture)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isPicture(_ path: String) -> Bool {
        let name = path as NSString
        return endings.contains(name.pathExtension.lowercased()) && !name.lastPathComponent.hasPrefix(".")
    }
}
