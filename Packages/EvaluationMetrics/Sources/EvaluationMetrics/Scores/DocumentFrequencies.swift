import Foundation
import JSON

/// In how many images' references each n-gram of one to four words stands, kept in a file of its own so that scores of
/// different sets compare, and so that a single image has a CIDEr.
///
/// The file is JSON: `{"image_count": 5000, "document_frequency": {"a dog": 312, ...}}`, words parted by blanks. An
/// n-gram that stands in one image alone is left out, because it weighs as much as one that stands in none.
public struct DocumentFrequencies: Sendable {
    /// Where they come from, for messages.
    public let name: String
    /// How many images they were counted on.
    public let imageCount: Int
    /// How many n-grams stand in two images or more.
    public var nGramCount: Int { counts.count }
    /// By the n-gram's words, parted by blanks, in UTF-8.
    private let counts: [[UInt8]: Int32]

    /// Counts the n-grams of references.
    ///
    /// - Throws: `EvaluationError` if fewer than two images have captions.
    public init(of references: CaptionReferences) throws {
        let images = references.images.map(\.captions).filter { !$0.isEmpty }
        guard images.count > 1 else {
            throw EvaluationError(
                files: references.name, problem: "document frequencies need the references of two images at least")
        }
        let corpus = ReferenceCorpus(images)
        let frequencies = DocumentLists(corpus).frequencies()
        var counts: [[UInt8]: Int32] = [:]
        corpus.forEachNGram { order, id, text in
            let frequency = frequencies[order][Int(id)]
            if frequency > 1 { counts[text] = frequency }
        }
        name = references.name
        imageCount = images.count
        self.counts = counts
    }

    /// Reads a file that `write(to:)` wrote.
    ///
    /// - Throws: `JSONError` that names the file and the key.
    public init(contentsOf url: URL) throws {
        let document = try JSONDocument(contentsOf: url)
        imageCount = try document.root["image_count"].int
        guard imageCount > 1 else { throw try document.root["image_count"].error("wanted two images at least") }
        var counts: [[UInt8]: Int32] = [:]
        for member in try document.root["document_frequency"].object {
            let count = try member.value.int
            guard (1...imageCount).contains(count) else {
                throw member.value.error("wanted a number from 1 to the \(imageCount) images")
            }
            counts[member.keyUTF8] = Int32(clamping: count)
        }
        self.counts = counts
        name = document.name
    }

    /// Writes the file, n-grams in the order of their bytes.
    ///
    /// - Throws: `FileError`.
    public func write(to url: URL) throws {
        let members = counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map {
            (key: String(decoding: $0.key, as: UTF8.self), value: JSONTree.integer(Int($0.value)))
        }
        try JSONWriter().write(
            ["image_count": .integer(imageCount), "document_frequency": .object(members)], to: url)
    }

    /// Where they come from, in words.
    var source: String { "of \(imageCount) images from \(name)" }

    /// The weights of a corpus's n-grams.
    func weights(of corpus: ReferenceCorpus) -> NGramWeights {
        let total = log(Double(imageCount))
        var squares = (1...NGramIndex.orders).map { order in
            [Double](repeating: total * total, count: corpus.nGramIndex.count(order: order))
        }
        corpus.forEachNGram { order, id, text in
            guard let count = counts[text] else { return }
            let weight = total - log(Double(count))
            squares[order][Int(id)] = weight * weight
        }
        return NGramWeights(squares: squares)
    }
}
