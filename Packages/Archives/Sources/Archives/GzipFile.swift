import Foundation
import JSON

/// A gzip file, of one or several members.
public struct GzipFile: Sendable {
    private let file: MappedFile
    private let limits: ArchiveLimits

    /// Opens a gzip file.
    ///
    /// - Throws: `FileError` if it cannot be read or is none.
    public init(contentsOf url: URL, limits: ArchiveLimits = ArchiveLimits()) throws {
        file = try MappedFile(url)
        self.limits = limits
        guard GzipFile.isMember(file.bytes) else {
            throw FileError.foreign(file, wanted: "a gzip file")
        }
    }

    /// Decompresses the file and hands out its contents in pieces, which are valid during the call only.
    ///
    /// - Throws: `FileError` if the file is damaged or longer than the limit, and what `body` throws. By then some
    ///   pieces may have been handed out.
    public func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var rest = file.bytes
        var count = 0
        do {
            let inflater = try Inflater(.gzip)
            while !rest.isEmpty {
                let used = try inflater.run(rest) { piece in
                    count += piece.count
                    guard count <= limits.bytes else {
                        throw Inflater.Failure(problem: "holds more than the \(limits.bytes) bytes that are accepted")
                    }
                    if !piece.isEmpty { try body(piece) }
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
                // Tapes and some tools pad with zeros.
                if rest.allSatisfy({ $0 == 0 }) { break }
                guard GzipFile.isMember(rest) else {
                    throw Inflater.Failure(problem: "is followed by \(rest.count) bytes that are not gzip")
                }
                inflater.reset()
            }
        } catch let failure as Inflater.Failure {
            throw FileError(file: file.path, problem: failure.problem)
        }
    }

    /// The whole contents.
    ///
    /// - Throws: `FileError` if the file is damaged or longer than the limit.
    public func contents() throws -> [UInt8] {
        var result: [UInt8] = []
        try forEachPiece { result.append(contentsOf: $0) }
        return result
    }

    private static func isMember(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }
}

extension FileError {
    /// An error about a file of another format than the wanted.
    static func foreign(_ file: MappedFile, wanted: String) -> FileError {
        let found = ForeignFormat(file.bytes.prefix(64)).map { "; it is \($0.description)" } ?? ""
        return FileError(file: file.path, problem: "wanted \(wanted)\(found)")
    }
}
