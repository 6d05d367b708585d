import Foundation
import Images
import JSON

/// Where the bytes of a picture lie: in a file of their own, or in a part of an archive.
public struct PictureFile: Hashable, Sendable, CustomStringConvertible {
    private enum Place: Sendable {
        case file(URL)
        case part(RandomAccessFile, Range<Int>)
    }

    /// What names the picture, in errors too: a path, or the archive's path and the member's name.
    public let description: String
    private let place: Place

    /// A file of its own.
    public init(_ url: URL) {
        description = url.path
        place = .file(url)
    }

    /// A part of a larger file.
    init(_ file: RandomAccessFile, _ range: Range<Int>, named name: String) {
        description = "\(file.path), \(name)"
        place = .part(file, range)
    }

    /// Decodes the picture. Throws an error that names it.
    public func decode(_ options: DecodingOptions = .reference) throws -> Image {
        switch place {
        case .file(let url): return try Image(contentsOf: url, options: options)
        case .part(let file, let range):
            guard range.count <= options.maximumBytes else {
                throw ImageError(
                    source: description, reason: .tooManyBytes(range.count, limit: options.maximumBytes))
            }
            return try Image(decoding: file.bytes(range), source: description, options: options)
        }
    }

    /// Pictures are the same if their names are.
    public static func == (one: PictureFile, other: PictureFile) -> Bool { one.description == other.description }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}
