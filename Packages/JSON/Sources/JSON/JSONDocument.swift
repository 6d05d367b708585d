import CJSONTape
import CSimdjson
import Foundation

/// How large a JSON text may be before it is refused.
public struct JSONLimits: Hashable, Sendable {
    /// Largest text in bytes; 1 GiB unless told otherwise, 4 GiB at most.
    public var bytes: Int
    /// Deepest nesting of arrays and objects; 64 unless told otherwise, 1024 at most.
    public var depth: Int

    /// Limits for files of annotations, vocabularies and configurations.
    public init(bytes: Int = 1 << 30, depth: Int = 64) {
        self.bytes = min(max(bytes, 0), Int(UInt32.max) - 64)
        self.depth = min(max(depth, 1), 1024)
    }
}

/// A parsed JSON text, strict: UTF-8 without a byte order mark, no key twice in an object, no NaN or Infinity, no number
/// that overflows, nothing after the value. It stands on simdjson and keeps no copy of the text.
public final class JSONDocument: @unchecked Sendable {
    /// The name that errors carry: the file's path, or what the caller gave.
    public let name: String
    let origin: Origin
    let words: UnsafePointer<UInt64>
    let strings: UnsafePointer<UInt8>
    private let tape: OpaquePointer

    /// Reads and parses a file.
    ///
    /// - Throws: `JSONError` if the file cannot be read, is larger than the limits, or is not strict JSON.
    public convenience init(contentsOf url: URL, limits: JSONLimits = JSONLimits()) throws {
        let text = try PaddedBytes(contentsOf: url, limit: limits.bytes)
        try self.init(text, name: url.path, limits: limits)
    }

    /// Parses bytes.
    ///
    /// - Parameters:
    ///   - name: stands for the file in errors
    ///   - line: where the bytes begin in that file, from 1, if they are a line of it: errors then name the line
    /// - Throws: `JSONError` if the bytes exceed the limits or are not strict JSON.
    public convenience init(
        parsing bytes: some Sequence<UInt8>, name: String, line: Int? = nil, limits: JSONLimits = JSONLimits()
    ) throws {
        let text = PaddedBytes(bytes)
        guard text.count <= limits.bytes else { throw PaddedBytes.tooLarge(text.count, limit: limits.bytes, name) }
        try self.init(text, name: name, line: line, limits: limits)
    }

    convenience init(_ text: PaddedBytes, name: String, line: Int? = nil, limits: JSONLimits) throws {
        do {
            let origin = Origin(line: line)
            try self.init(text.start, count: text.count, origin: origin, name: name, depth: limits.depth)
        } catch let malformed as Malformed {
            throw malformed.error(in: text.bytes, name: name, line: line, depth: limits.depth)
        }
    }

    /// Where a text stands in a larger one.
    struct Origin {
        /// The path of the outermost value after `$`.
        var path = ""
        /// The number of its first element, where it is part of a larger array.
        var first = 0
        /// The line, where it is one of a file of lines.
        var line: Int?
    }

    /// What the parser says of a text that is not JSON.
    struct Malformed: Error {
        let reason: String

        func error(
            in bytes: UnsafeBufferPointer<UInt8>, name: String, line: Int? = nil, depth: Int
        ) -> JSONError {
            JSONSyntax.error(in: bytes, name: name, line: line, depth: depth, otherwise: reason)
        }
    }

    /// Parses bytes that the parser's padding follows.
    ///
    /// - Throws: `Malformed`, or `JSONError` for a key that stands twice or lack of memory.
    init(_ start: UnsafePointer<UInt8>, count: Int, origin: Origin, name: String, depth: Int) throws {
        var tape: OpaquePointer?
        var place: Int64 = -1
        var reason: UnsafePointer<CChar>?
        // simdjson counts the root itself as a level.
        let result = json_tape_parse(start, Int64(count), Int64(depth) + 1, &tape, &place, &reason)
        guard let tape else {
            if result == JSON_TAPE_MEMORY { throw JSONError(file: name, problem: "not enough memory to parse it") }
            throw Malformed(reason: reason.map { String(cString: $0) } ?? "not JSON")
        }
        self.name = name
        self.origin = origin
        self.tape = tape
        words = json_tape_words(tape)
        strings = json_tape_strings(tape)
        if result == JSON_TAPE_DUPLICATE_KEY {
            throw error(at: Int(place), "the key stands twice in its object")
        }
    }

    deinit {
        json_tape_free(tape)
    }

    /// An error at the value or key at a tape index.
    func error(at index: Int, _ problem: String) -> JSONError {
        let position = origin.line.map { JSONError.Position(line: $0) }
        return JSONError(file: name, path: path(to: index), position: position, problem: problem)
    }

    /// The outermost value.
    public var root: JSONValue { JSONValue(document: self, index: 1) }
}
