/// The reference captions of all images, tokenized and counted once for all metrics.
struct ReferenceCorpus: Sendable {
    private(set) var wordIndex: WordIndex
    private(set) var nGramIndex = NGramIndex()
    /// All references, image by image.
    let words: CaptionWords
    /// The rows of `words` that belong to each image.
    let rows: [Range<Int>]
    /// N-gram counts of each row, by order.
    let counts: [NGramCounts]

    /// - Parameter references: the captions of each image, in the order of scoring.
    init(_ references: [[String]]) {
        wordIndex = CaptionWords.makeIndex()
        words = CaptionWords(references.flatMap { $0 }, index: &wordIndex)
        counts = NGramCounts.all(words.words, index: &nGramIndex)
        var start = 0
        rows = references.map { captions in
            defer { start += captions.count }
            return start..<start + captions.count
        }
    }

    var imageCount: Int { rows.count }

    /// Hands out every n-gram with its words, parted by blanks, in UTF-8.
    func forEachNGram(_ body: (_ order: Int, _ id: Int32, _ text: [UInt8]) -> Void) {
        var texts: [[UInt8]] = (0..<Int32(nGramIndex.count(order: 1))).map { Array(wordIndex[$0]) }
        for order in 0..<NGramIndex.orders {
            if order > 0 {
                texts = nGramIndex.parts(order: order + 1).map { texts[Int($0)] + [0x20] + wordIndex[$1] }
            }
            for (id, text) in texts.enumerated() { body(order, Int32(id), text) }
        }
    }

    /// Tokenizes and counts one caption for each image.
    mutating func candidates(_ captions: [String]) -> CandidateCaptions {
        let words = CaptionWords(captions, index: &wordIndex)
        return CandidateCaptions(words: words, counts: NGramCounts.all(words.words, index: &nGramIndex))
    }
}

/// The captions under test, one for each image.
struct CandidateCaptions: Sendable {
    let words: CaptionWords
    let counts: [NGramCounts]
}
