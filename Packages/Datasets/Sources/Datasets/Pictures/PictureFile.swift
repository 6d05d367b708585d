import Foundation
import Images
import JSON

/// Where the bytes of a picture lie: in a file of their own, or in a part of an archive.
public struct PictureFile: Hashable, Sendable, CustomStringConvertible {
    private enum Place: Sendable {
        case file(URL)
        case part(URL, Range<Int>)
    }

    /// What names the picture, in errors too: a path, or the archive's path and the member's name.
    public let description: String
    private let place: Place

    /// A file of its own.
    public init(_ url: URL) {
        description = url.path
        place = .file(url)
    }

    /// A part of an archive, which is opened when the picture is decoded.
    init(_ archive: URL, _ range: Range<Int>, named name: String) {
        description = "\(archive.path), \(name)"
        place = .part(archive, range)
    }

    /// Decodes the picture. Throws an error that names it.
    public func decode(_ options: DecodingOptions = .reference) throws -> Image { try decoded(options).image }

    /// Decodes the picture, with what was amiss. Throws an error that names it.
    public func decoded(_ options: DecodingOptions = .reference) throws -> DecodedImage {
        switch place {
        case .file(let url): return try Image.decode(contentsOf: url, options: options)
        case .part(let archive, let range):
            guard range.count <= options.maximumBytes else {
                throw ImageError(
                    source: description, reason: .tooManyBytes(range.count, limit: options.maximumBytes))
            }
            let bytes = try RandomAccessFile(archive).bytes(range)
            return try Image.decode(bytes, source: description, options: options)
        }
    }

    /// Pictures are the same if their names are.
    public static func == (one: PictureFile, other: PictureFile) -> Bool { one.description == other.description }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
