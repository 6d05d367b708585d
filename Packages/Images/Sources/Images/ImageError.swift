import Foundation

/// Why a picture could not be read or written: which one, and what is wrong with it.
public struct ImageError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The file cannot be opened, read or written; the system's words.
        case inaccessible(String)
        /// The path names a folder, a device or a pipe.
        case notAFile
        /// There is not one byte.
        case empty
        /// The file is larger than the limit, in bytes.
        case tooManyBytes(Int, limit: Int)
        /// The bytes begin like no format we read; what they look like instead.
        case unknownFormat(String)
        /// The data end before the picture does.
        case truncated
        /// The header declares more pixels than the limit.
        case tooManyPixels(width: Int, height: Int, limit: Int)
        /// The header declares more pixels than so few bytes can hold.
        case implausibleSize(width: Int, height: Int, bytes: Int)
        /// A progressive JPEG has more scans than the limit.
        case tooManyScans(limit: Int)
        /// A variant of the format that is not read; the codec's words.
        case unsupported(String)
        /// The data contradict the format; the codec's words.
        case corrupt(String)
        /// The system has no memory for the picture.
        case outOfMemory
    }

    /// The file, or what the caller named the bytes.
    public let source: String
    /// What is wrong.
    public let reason: Reason

    /// An error about the file, or the bytes, called `source`.
    public init(source: String, reason: Reason) {
        self.source = source
        self.reason = reason
    }

    /// A sentence with the file and the reason.
    public var description: String { "\(source): \(reason.sentence)" }

    /// The same sentence.
    public var errorDescription: String? { description }
}

extension ImageError.Reason {
    fileprivate var sentence: String {
        switch self {
        case .inaccessible(let words): words
        case .notAFile: "is not a regular file; a JPEG, PNG or WebP picture is wanted"
        case .empty: "is empty; a JPEG, PNG or WebP picture is wanted"
        case .tooManyBytes(let bytes, let limit): "has \(bytes) bytes; at most \(limit) are allowed"
        case .unknownFormat(let appearance): "is \(appearance); a JPEG, PNG or WebP picture is wanted"
        case .truncated: "is cut off: the data end before the picture does"
        case .tooManyPixels(let width, let height, let limit):
            "declares \(width) x \(height) pixels; at most \(limit) are allowed"
        case .implausibleSize(let width, let height, let bytes):
            "declares \(width) x \(height) pixels, which \(bytes) bytes cannot hold"
        case .tooManyScans(let limit): "has more than \(limit) scans"
        case .unsupported(let words):
            "is of a kind that is not read: \(words); save it as JPEG of 8 bits a sample, PNG or WebP"
        case .corrupt(let words): "is damaged: \(words)"
        case .outOfMemory: "does not fit into memory"
        }
    }
}
