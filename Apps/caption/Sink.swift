import Foundation
import JSON

/// Where results go.
enum Sink {
    /// Standard output, as the picture's name, a tab, the result.
    case table
    /// Standard output, as one JSON object a line.
    case lines
    /// A file beside each picture.
    case beside
    /// One file for all.
    case file(ResultFile)

    /// Whether a picture has its result from before.
    func isDone(_ picture: String) -> Bool {
        switch self {
        case .table, .lines: false
        case .beside: FileManager.default.fileExists(atPath: Self.neighbour(of: picture).path)
        case .file(let file): file.done.contains(picture)
        }
    }

    /// Whether results appear on a terminal.
    var isOnTerminal: Bool {
        switch self {
        case .table, .lines: isatty(STDOUT_FILENO) == 1
        case .beside, .file: false
        }
    }

    func put(_ picture: String, _ result: Use.Result) throws {
        switch self {
        case .table: print("\(picture)\t\(result.text)")
        case .lines: print(JSONWriter().text(.object([("image", .string(picture))] + result.members)))
        case .beside:
            try FileReplacement.write(Array("\(result.text)\n".utf8), to: Self.neighbour(of: picture))
        case .file(let file): try file.append(picture, result.members)
        }
    }

    func finish(_ pictures: [String]) throws {
        if case .file(let file) = self { try file.finish(pictures) }
    }

    private static func neighbour(of picture: String) -> URL {
        URL(fileURLWithPath: picture).deletingPathExtension().appendingPathExtension("txt")
    }
}
