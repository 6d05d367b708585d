import Archives
import EvaluationMetrics
import Foundation
import JSON

/// METEOR 1.5 as it is distributed: a jar with its word lists and WordNet's synonyms, and a file of paraphrases.
public struct METEORDistribution: Sendable {
    /// `meteor-1.5.jar`.
    public var jar: URL
    /// `paraphrase-en.gz`.
    public var paraphrases: URL

    /// A distribution of these two files.
    public init(jar: URL, paraphrases: URL) {
        self.jar = jar
        self.paraphrases = paraphrases
    }

    /// Writes all that METEOR needs for English into one file for `METEORData`, and returns the number of paraphrases.
    ///
    /// - Throws: `FileError` if one of the files is not what METEOR distributes, or the new one cannot be written.
    @discardableResult
    public func convert(to url: URL) throws -> Int {
        var writer = METEORDataWriter()
        let archive = try ZipArchive(contentsOf: jar)
        try addWordLists(archive, &writer)
        try addSynonyms(archive, &writer)
        try addParaphrases(&writer)
        try writer.write(to: url)
        return writer.paraphraseCount
    }

    /// The lines of a text file in the jar.
    private func lines(_ archive: ZipArchive, _ path: String) throws -> [String] {
        guard let entry = archive[path] else {
            throw FileError(file: archive.path, problem: "wanted METEOR 1.5's jar; it has no entry \(path)")
        }
        var lines = try archive.contents(of: entry).split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(decoding: $0.last == 0x0D ? $0.dropLast() : $0, as: UTF8.self) }
    }

    private func addWordLists(_ archive: ZipArchive, _ writer: inout METEORDataWriter) throws {
        for word in try lines(archive, "function/english.words") { writer.addFunctionWord(word) }
        for line in try lines(archive, "nonbreaking/english.prefixes") {
            let parts = line.split(whereSeparator: \.isWhitespace)
            guard let word = parts.first, !word.hasPrefix("#") else { continue }
            writer.addAbbreviation(
                String(word), onlyBeforeNumbers: parts.count > 1 && parts[1] == "#NUMERIC_ONLY#")
        }
    }

    private func addSynonyms(_ archive: ZipArchive, _ writer: inout METEORDataWriter) throws {
        try forEachPair(archive, "synonym/english.exceptions") { base, forms in
            for form in forms { writer.addBase(base, of: String(form)) }
        }
        try forEachPair(archive, "synonym/english.synsets") { word, sets in
            let numbers = try sets.map { set in
                guard let number = UInt32(set) else {
                    throw FileError(file: archive.path, problem: "gives \(word) the synonym set \(set), no number")
                }
                return number
            }
            writer.setSynonymSets(word, numbers)
        }
    }

    /// Hands out the lines of a file two by two: a word, and the words of the line below.
    private func forEachPair(
        _ archive: ZipArchive, _ path: String, _ body: (String, [Substring]) throws -> Void
    ) throws {
        let lines = try lines(archive, path)
        guard lines.count.isMultiple(of: 2) else {
            throw FileError(file: archive.path, problem: "its entry \(path) has an odd number of lines")
        }
        for place in stride(from: 0, to: lines.count, by: 2) {
            try body(lines[place], lines[place + 1].split(separator: " "))
        }
    }

    /// A paraphrase takes three lines: a probability, which METEOR does not use, and both phrases.
    private func addParaphrases(_ writer: inout METEORDataWriter) throws {
        var phrase: [UInt8] = []
        var count = 0
        let path = paraphrases.path
        try GzipFile(contentsOf: paraphrases).forEachLine { line in
            switch count % 3 {
            case 0:
                guard Double(String(decoding: line, as: UTF8.self)) != nil else {
                    throw FileError(
                        file: "\(path):\(count + 1)", problem: "wanted a probability before each two phrases")
                }
            case 1: phrase = Array(line)
            default: phrase.withUnsafeBufferPointer { writer.addParaphrase(of: $0, line) }
            }
            count += 1
        }
        guard count > 0, count.isMultiple(of: 3) else {
            throw FileError(file: path, problem: "has \(count) lines; wanted three for each paraphrase")
        }
    }
}

extension GzipFile {
    /// Hands out the lines of a text, without their ends.
    fileprivate func forEachLine(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
        var rest: [UInt8] = []
        try forEachPiece { piece in
            var bytes = UnsafeBufferPointer<UInt8>(
                start: piece.bindMemory(to: UInt8.self).baseAddress, count: piece.count)
            while let end = bytes.firstIndex(of: 0x0A) {
                let line = UnsafeBufferPointer(rebasing: bytes[..<end])
                if rest.isEmpty {
                    try body(line)
                } else {
                    rest += line
                    try rest.withUnsafeBufferPointer(body)
                    rest.removeAll(keepingCapacity: true)
                }
                bytes = UnsafeBufferPointer(rebasing: bytes[(end + 1)...])
            }
            rest += bytes
        }
        if !rest.isEmpty { try rest.withUnsafeBufferPointer(body) }
    }
}
