import Datasets
import Foundation
import JSON

/// The records of the batches that are done, a line each, appended as they come: `NAME.jsonl`, or `NAME.1-of-2.jsonl` and
/// so on where several processes share the work. The first line says what the records depend on.
///
/// A run that was stopped goes on behind the last whole line. Batches that any file of the folder holds are not done again.
final class BatchJournal {
    /// The records by batch, of all files of the folder.
    private(set) var records: [Int: JSONValue] = [:]
    /// Where the files lie.
    let folder: URL
    private let name: String
    private let url: URL
    private let heading: [(key: String, value: String)]
    private let begin: () throws -> Void
    private var opened: (file: AppendedFile, lock: FileLock)?

    /// Reads what is there; nothing is written.
    ///
    /// - Parameters:
    ///   - folder: where the files lie
    ///   - name: of what is recorded
    ///   - shard: whose file is added to
    ///   - heading: what the records depend on, an object of texts
    ///   - begin: is called before the first record is written
    /// - Throws: `FileError` that names a file that depends on something else, or is damaged.
    init(
        in folder: URL, name: String, shard: Shard, heading: [(key: String, value: String)],
        begin: @escaping () throws -> Void
    ) throws {
        let part = shard == .whole ? "" : ".\(shard.index + 1)-of-\(shard.count)"
        url = folder.appendingPathComponent("\(name)\(part).jsonl")
        self.folder = folder
        self.name = name
        self.heading = heading
        self.begin = begin
        try reread()
    }

    /// Reads all files again, for what other processes have done.
    func reread() throws {
        for file in Self.files(in: folder, name: name) { try read(file) }
    }

    /// The names of all files of a name, whoever wrote them.
    private static func files(in folder: URL, name: String) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0 == "\(name).jsonl" || ($0.hasPrefix("\(name).") && $0.hasSuffix(".jsonl")) }
            .filter { $0.split(separator: ".").count <= 3 }.sorted().map(folder.appendingPathComponent)
    }

    /// Adds a batch.
    func append(_ number: Int, _ records: [JSONTree]) throws {
        let line = bytes(["batch": .integer(number), "records": .array(records)])
        try open().append(line)
        self.records[number] = try JSONDocument(parsing: line, name: url.path).root["records"]
    }

    private func bytes(_ tree: JSONTree) -> [UInt8] { JSONWriter().bytes(tree) + [0x0A] }

    /// The own file, begun or cut behind its last whole line.
    private func open() throws -> AppendedFile {
        if let opened { return opened.file }
        try begin()
        try FolderReplacement.make(url.deletingLastPathComponent())
        let file = try AppendedFile(url)
        guard let lock = FileLock(url) else {
            throw FileError(
                file: url.path, problem: "another process adds to it; give each its own part with --shard")
        }
        let lines = try Self.wholeLines(of: url)
        let whole = lines.reduce(0) { $0 + $1.count + 1 }
        let length = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.size] as? Int ?? 0
        if length > whole, truncate(url.path, whole) != 0 {
            throw FileError(file: url.path, problem: "cannot be cut behind its last whole line")
        }
        if lines.isEmpty { try file.append(bytes(.object(heading.map { ($0.key, .string($0.value)) }))) }
        opened = (file, lock)
        return file
    }

    private func read(_ file: URL) throws {
        for (number, line) in try Self.wholeLines(of: file).enumerated() {
            let root = try JSONDocument(parsing: line, name: file.path, line: number + 1).root
            if number > 0 {
                records[try root["batch"].int] = try root["records"]
                continue
            }
            let found = Dictionary(
                try root.object.map { ($0.key, try $0.value.string) }, uniquingKeysWith: { first, _ in first })
            let wanted = Dictionary(heading.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            if let key = Set(found.keys).union(wanted.keys).sorted().first(where: { found[$0] != wanted[$0] }) {
                throw FileError(
                    file: file.path,
                    problem: "is of a run in which \(key) was \(found[key] ?? "absent"), not "
                        + "\(wanted[key] ?? "absent"); give another output folder, or the same settings")
            }
        }
    }

    private static func wholeLines(of file: URL) throws -> [Data] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        let bytes = try Data(contentsOf: file)
        guard let end = bytes.lastIndex(of: 0x0A) else { return [] }
        return bytes[..<end].split(separator: 0x0A, omittingEmptySubsequences: false).map { Data($0) }
    }
}
