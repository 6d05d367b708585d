import Foundation
import JSON

/// Sentences without pictures, as stage 0 reads them: records with a `caption`, in a JSON array or one a line.
public struct Sentences: Sendable {
    private let records: RecordFile

    /// Opens a list. Throws an error that names the file, also if it holds no record or the first is of another kind.
    public init(contentsOf file: URL) throws {
        records = try RecordFile(contentsOf: file)
        if records.count == 0 { throw FileError(file: file.path, problem: "holds no sentence") }
        _ = try sentence(0)
    }

    /// The number of sentences.
    public var count: Int { records.count }

    /// A sentence as it stands in the file. Throws an error that names the file and the record.
    public func sentence(_ number: Int) throws -> String { try records.record(number)["caption"].string }
}
