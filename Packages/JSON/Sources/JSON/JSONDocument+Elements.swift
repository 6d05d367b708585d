import Foundation

extension JSONDocument {
    /// Hands out the elements of one large array of a file, which are parsed some at a time: memory holds the text and a
    /// few megabytes, where a document of the whole takes four times the text.
    ///
    /// The file is read as strictly as by `init(contentsOf:limits:)`, but what stands before a mistake is handed out
    /// before the mistake is found.
    ///
    /// - Parameters:
    ///   - key: where the array stands in the outermost object. A file whose outermost value is an array is that array.
    ///   - body: takes an element, whose errors name its place in the file.
    /// - Throws: `JSONError` as reading the whole and asking for the array would, and what `body` throws.
    public static func forEachElement(
        of key: String, in url: URL, limits: JSONLimits = JSONLimits(), _ body: (JSONValue) throws -> Void
    ) throws {
        let text = try PaddedBytes(contentsOf: url, limit: limits.bytes)
        guard var scanner = JSONArrayScanner(of: key, in: text.bytes) else {
            // What the scanner does not understand is told by reading the whole.
            let root = try JSONDocument(text, name: url.path, limits: limits).root
            return try (root.kind == .object ? root[key] : root).array.forEach(body)
        }
        do {
            try forEachPiece(&scanner, text, name: url.path, limits, body)
        } catch let malformed as Malformed {
            throw malformed.error(in: text.bytes, name: url.path, depth: limits.depth)
        }
    }

    private static func forEachPiece(
        _ scanner: inout JSONArrayScanner, _ text: PaddedBytes, name: String, _ limits: JSONLimits,
        _ body: (JSONValue) throws -> Void
    ) throws {
        var origin = Origin(path: scanner.path, first: 0)
        let depth = limits.depth - (scanner.isMember ? 1 : 0)
        while let piece = scanner.next(in: text.bytes, byteCount: pieceByteCount) {
            let document = try text.withBrackets(around: piece) { start in
                try JSONDocument(start, count: piece.count, origin: origin, name: name, depth: depth)
            }
            let elements = try document.root.array
            origin.first += elements.count
            try elements.forEach(body)
        }
        // What stands around the array; it is the whole where the array has no end.
        let rest = PaddedBytes([text.bytes[...scanner.start], text.bytes[scanner.end...]].joined())
        _ = try JSONDocument(rest.start, count: rest.count, origin: Origin(), name: name, depth: limits.depth)
    }

    /// How much of a text is parsed at once.
    private static let pieceByteCount = 4 << 20
}
