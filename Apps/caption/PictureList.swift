import Foundation
import Images
import JSON

/// The pictures that arguments name: files, all pictures below folders, and the lines of lists.
struct PictureList {
    /// The paths in order, each once.
    private(set) var paths: [String] = []

    /// The pictures of some paths and of a list with a path a line, of which relative ones are seen from the list.
    ///
    /// - Throws: `FileError` if the list cannot be read or is empty, or a folder holds no picture.
    init(_ arguments: [String], list: URL?) throws {
        var seen: Set<String> = []
        for path in try arguments + Self.lines(of: list) {
            for picture in try Self.pictures(at: path) where seen.insert(picture).inserted { paths.append(picture) }
        }
    }

    private static func lines(of list: URL?) throws -> [String] {
        guard let list else { return [] }
        guard let text = try? String(contentsOf: list, encoding: .utf8) else {
            throw FileError(file: list.relativePath, problem: "cannot be read as a list with a path a line")
        }
        let folder = list.deletingLastPathComponent()
        let lines = text.split(whereSeparator: \.isNewline)
        if lines.isEmpty { throw FileError(file: list.relativePath, problem: "is empty, wanted a path a line") }
        return lines.map { line in
            line.hasPrefix("/") ? String(line) : folder.appendingPathComponent(String(line)).relativePath
        }
    }

    private static func pictures(at path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let pictures = try ImageFolder.paths(in: URL(fileURLWithPath: path))
        guard !pictures.isEmpty else { throw FileError(file: path, problem: "holds no JPEG, PNG or WebP file") }
        return pictures.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
}
