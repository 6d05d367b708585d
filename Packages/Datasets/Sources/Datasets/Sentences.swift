import Foundation
import JSON

/// Sentences without pictures: an array of `{"caption"}`, as stage 0 reads them.
public struct Sentences: Sendable {
    /// The sentences in the file's order.
    public let texts: [String]

    /// Reads a list. Throws an error that names the file and the record.
    public init(contentsOf file: URL) throws {
        texts = try JSONDocument(contentsOf: file).root.array.map { try $0["caption"].string }
        if texts.isEmpty { throw FileError(file: file.path, problem: "holds no sentence") }
    }
}
