import Foundation

/// The folder that is checked.
struct Repository {
    let root: URL

    /// Paths, relative to the root and sorted, of the files under `folders` that end in one of `extensions`.
    /// Hidden folders, among them every `.build`, are left out, and so are fixtures, which are data.
    func files(under folders: [String], endingIn extensions: Set<String>) -> [String] {
        folders.flatMap { folder -> [String] in
            let start = root.appendingPathComponent(folder)
            let found = FileManager.default.enumerator(
                at: start, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
            return (found?.allObjects as? [URL] ?? [])
                .filter { extensions.contains($0.pathExtension) && !$0.pathComponents.contains("Fixtures") }
                .map { relativePath(of: $0) }
        }.sorted()
    }

    /// Names of the folders that lie directly in `folder`, sorted.
    func folders(in folder: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        return (names ?? []).filter { !$0.hasPrefix(".") && isFolder("\(folder)/\($0)") }.sorted()
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    func lines(of path: String) throws -> [Substring] {
        guard let data = try? Data(contentsOf: root.appendingPathComponent(path)) else {
            throw Finding(path, "cannot be read")
        }
        return String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: root.appendingPathComponent(path).path, isDirectory: &isFolder)
        return exists && isFolder.boolValue
    }

    private func relativePath(of file: URL) -> String {
        String(file.standardizedFileURL.path.dropFirst(root.standardizedFileURL.path.count + 1))
    }
}
