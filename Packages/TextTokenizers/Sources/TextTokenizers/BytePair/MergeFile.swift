import Foundation

/// Reads `merges.txt`: a `#version` line, then a merge a line, its two tokens parted by a blank, the earliest first.
enum MergeFile {
    private static let blank = UInt8(ascii: " ")

    /// The pairs of ids in the order of the lines, and the table of them.
    ///
    /// - Throws: `TokenizerFileError` naming the line when it is no pair of tokens, names one that the vocabulary
    ///   lacks, makes one that it lacks, or comes twice.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ url: URL, _ lexicon: Lexicon
    ) throws(TokenizerFileError) -> (pairs: [(left: Int32, right: Int32)], table: MergeTable) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TokenizerFileError(.malformed, url, found: "bytes that are not UTF-8", expected: "UTF-8 text")
        }
        return try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + 1) { scratch in
            Result { () throws(TokenizerFileError) in try read(bytes, url, lexicon, scratch) }
        }.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ url: URL, _ lexicon: Lexicon,
        _ scratch: UnsafeMutableBufferPointer<UInt8>
    ) throws(TokenizerFileError) -> (pairs: [(left: Int32, right: Int32)], table: MergeTable) {
        let lineCount = bytes.reduce(1) { $0 + ($1 == 0x0A || $1 == 0x0D ? 1 : 0) }
        let table = MergeTable(count: lineCount)
        var pairs: [(left: Int32, right: Int32)] = []
        pairs.reserveCapacity(lineCount)
        var number = 0
        for line in Lines(bytes) {
            number += 1
            if number == 1, line.starts(with: "#version".utf8) { continue }
            let (left, right, result) = try merge(line, url, number, lexicon, scratch)
            if table.insert(left, right, MergeTable.Merge(rank: Int32(pairs.count), result: result)) != nil {
                throw TokenizerFileError(
                    .duplicate, url, line: number, found: "the merge \(TokenizerFileError.quoted(line)) again",
                    expected: "every merge once")
            }
            pairs.append((left, right))
        }
        return (pairs, table)
    }

    private static func merge(
        _ line: UnsafeBufferPointer<UInt8>, _ url: URL, _ number: Int, _ lexicon: Lexicon,
        _ scratch: UnsafeMutableBufferPointer<UInt8>
    ) throws(TokenizerFileError) -> (left: Int32, right: Int32, result: Int32) {
        guard let start = scratch.baseAddress, let space = line.firstIndex(of: blank), space > 0,
            space + 1 < line.count, !line[(space + 1)...].contains(blank)
        else {
            throw TokenizerFileError(
                .malformed, url, line: number, found: TokenizerFileError.quoted(line),
                expected: "two tokens parted by one blank")
        }
        // Both tokens' bytes come to stand one behind the other, as in the token that they make.
        let left = UnsafeBufferPointer(rebasing: line[..<space])
        let right = UnsafeBufferPointer(rebasing: line[(space + 1)...])
        guard let middle = ByteAlphabet.decode(left, to: start) else { throw unknown(left, url, number) }
        guard let count = ByteAlphabet.decode(right, to: start + middle) else { throw unknown(right, url, number) }
        let leftID = lexicon.id(of: UnsafeBufferPointer(start: start, count: middle))
        if leftID < 0 { throw unknown(left, url, number) }
        let rightID = lexicon.id(of: UnsafeBufferPointer(start: start + middle, count: count))
        if rightID < 0 { throw unknown(right, url, number) }
        let result = lexicon.id(of: UnsafeBufferPointer(start: start, count: middle + count))
        if result < 0 { throw unknown(Array(left) + Array(right), url, number) }
        return (leftID, rightID, result)
    }

    private static func unknown(_ token: some Collection<UInt8>, _ url: URL, _ number: Int) -> TokenizerFileError {
        TokenizerFileError(
            .unknownToken, url, line: number, found: "the token \(TokenizerFileError.quoted(token))",
            expected: "tokens that the vocabulary beside it has")
    }
}
