import Foundation
import JSON

/// The list of members of a tar archive, in the formats ustar, GNU and pax. Members stay where they are: they are not
/// compressed, so each is a part of the file.
public struct TarArchive: Sendable {
    /// A regular file in the archive.
    public struct Member: Hashable, Sendable {
        /// The path as it stands in the archive; nothing is ever written to it.
        public let path: String
        /// The bytes of the archive's file that are the member's contents.
        public let range: Range<Int>
    }

    /// The regular files in the archive's order.
    public let members: [Member]

    /// Reads the headers of an archive. Throws `FileError` that names the file and the member.
    public init(contentsOf url: URL, limits: ArchiveLimits = ArchiveLimits()) throws {
        let file = try MappedFile(url)
        do {
            members = try withExtendedLifetime(file) {
                var reader = TarReader(file.bytes, limits: limits)
                return try reader.members()
            }
        } catch let failure as TarReader.Failure {
            throw FileError(file: file.path, problem: failure.problem)
        }
    }
}
