import Foundation
import JSON

/// Results in a file, whose ending says in which form: `.json` as COCO's results, `.jsonl`, `.csv`.
///
/// While it is made, each result is added to a file of the same name and `.partial`; a run that was stopped goes on from
/// there. When all are there the file appears whole, and the partial one goes.
final class ResultFile {
    enum Form: String {
        case coco = "json"
        case lines = "jsonl"
        case table = "csv"
    }

    private let url: URL
    private let form: Form
    private let partial: URL
    private let settings: String
    private var journal: AppendedFile?
    private var results: [(picture: String, members: [(key: String, value: JSONTree)])] = []
    /// The pictures that have their result.
    private(set) var done: Set<String> = []

    /// Takes up the partial file of an earlier run. One is begun with the first result: a run that fails before leaves none.
    ///
    /// - Parameters:
    ///   - settings: what results depend on; an earlier run must have had the same
    /// - Throws: `FileError` if the ending is none of the three, the file cannot be made, or the earlier run was another.
    init(_ url: URL, settings: String) throws {
        self.url = url
        guard let form = Form(rawValue: url.pathExtension.lowercased()) else {
            throw FileError(file: url.relativePath, problem: "should end in .json (COCO's results), .jsonl or .csv")
        }
        self.form = form
        self.settings = settings
        partial = url.appendingPathExtension("partial")
        // Pictures may take hours: whether the file can be made is found out before.
        _ = try FileReplacement(of: url)
        if FileManager.default.fileExists(atPath: partial.path) { try readPartial() }
    }

    /// The partial file, begun if it is not there.
    private func opened() throws -> AppendedFile {
        if let journal { return journal }
        let journal = try AppendedFile(partial)
        try journal.append(Array((JSONWriter().text(["settings": .string(settings)]) + "\n").utf8))
        self.journal = journal
        return journal
    }

    private func readPartial() throws {
        var bytes = Array(try Data(contentsOf: partial))
        let length = bytes.count
        // A line that was cut off when the run was stopped is done again. Settings without a result bind nobody.
        bytes.removeSubrange(((bytes.lastIndex(of: 0x0A) ?? -1) + 1)...)
        if bytes.count(where: { $0 == 0x0A }) < 2 { bytes = [] }
        if bytes.count < length {
            try FileReplacement.write(bytes, to: partial)
        }
        if bytes.isEmpty { return }
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            let root = try JSONDocument(parsing: Data(line), name: partial.path, line: number + 1).root
            if number == 0 {
                guard try root["settings"].string == settings else {
                    throw FileError(
                        file: partial.path,
                        problem: "is of a run with another model or other options; remove it, or give the same")
                }
                continue
            }
            add(
                try root["image"].string,
                try root.object.filter { $0.key != "image" }.map { (key: $0.key, value: try $0.value.tree) })
        }
        journal = try AppendedFile(partial)
    }

    /// Adds a result.
    func append(_ picture: String, _ members: [(key: String, value: JSONTree)]) throws {
        let tree = JSONTree.object([("image", .string(picture))] + members)
        try opened().append(Array((JSONWriter().text(tree) + "\n").utf8))
        add(picture, members)
    }

    private func add(_ picture: String, _ members: [(key: String, value: JSONTree)]) {
        results.append((picture, members))
        done.insert(picture)
    }

    /// Writes the file, the results in the order of these pictures.
    func finish(_ pictures: [String]) throws {
        let byPicture = Dictionary(results.map { ($0.picture, $0.members) }, uniquingKeysWith: { first, _ in first })
        let rows = pictures.compactMap { picture in byPicture[picture].map { (picture, $0) } }
        let file = try FileReplacement(of: url)
        switch form {
        case .coco: try file.append(Array((JSONWriter(indentation: 1).text(.array(rows.map(Self.coco))) + "\n").utf8))
        case .lines:
            for (picture, members) in rows {
                let tree = JSONTree.object([("image", .string(picture))] + members)
                try file.append(Array((JSONWriter().text(tree) + "\n").utf8))
            }
        case .table:
            let keys = rows.first?.1.map(\.key) ?? []
            try file.append(Array(Self.row(["image"] + keys).utf8))
            for (picture, members) in rows {
                try file.append(Array(Self.row([picture] + members.map { Self.plain($0.value) }).utf8))
            }
        }
        try file.commit()
        try? FileManager.default.removeItem(at: partial)
    }

    /// COCO's form names pictures by number: that at the end of the file's name, if there is one.
    private static func coco(_ picture: String, _ members: [(key: String, value: JSONTree)]) -> JSONTree {
        let stem = ((picture as NSString).lastPathComponent as NSString).deletingPathExtension
        let digits = stem.split(separator: "_").last.map(String.init) ?? stem
        let id = Int(digits).map { JSONTree.integer($0) } ?? .string(stem)
        return .object([("image_id", id)] + members)
    }

    private static func plain(_ value: JSONTree) -> String {
        if case .string(let text) = value { text } else { JSONWriter().text(value) }
    }

    /// A line of RFC 4180.
    private static func row(_ fields: [String]) -> String {
        fields.map { field in
            let isPlain = !field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
            return isPlain ? field : "\"\(field.replacingOccurrences(of: "\"", with: "\"\""))\""
        }.joined(separator: ",") + "\r\n"
    }
}
