import Tensors

/// Which texts are worth a closer look for each picture, and which pictures for each text, by the similarity of vectors.
/// The matrix of similarities is looked at in blocks and never whole.
public struct PairCandidates: Sendable {
    /// Texts of a picture, with their scores.
    public typealias ScoredRow = [(column: Int, score: Float)]

    /// For each picture its most similar texts.
    private let texts: BestCandidates
    /// For each text its most similar pictures.
    private let pictures: BestCandidates
    /// For each picture the texts that it is to be matched with in either direction, in their order.
    public let textsToMatch: [[Int]]

    private static let pictureBlock = 32
    private static let textBlock = 1024

    /// Chooses candidates of all pairs.
    ///
    /// - Parameters:
    ///   - pictures: unit vectors, `[pictures, queries, contrastWidth]`
    ///   - texts: unit vectors, `[texts, contrastWidth]`
    ///   - count: how many candidates each has
    public init(pictures pictureVectors: Tensor, texts textVectors: Tensor, count: Int) {
        let (pictureCount, textCount) = (pictureVectors.shape[0], textVectors.shape[0])
        var texts = BestCandidates(rowCount: pictureCount, count: count)
        var pictures = BestCandidates(rowCount: textCount, count: count)
        for first in stride(from: 0, to: pictureCount, by: Self.pictureBlock) {
            let some = pictureVectors.slice(axis: 0, from: first, to: min(first + Self.pictureBlock, pictureCount))
            for firstText in stride(from: 0, to: textCount, by: Self.textBlock) {
                let others = textVectors.slice(axis: 0, from: firstText, to: min(firstText + Self.textBlock, textCount))
                let block = bestCosines(of: some, to: others)
                texts.add(block, firstRow: first, firstColumn: firstText)
                pictures.add(transposed: block, firstRow: firstText, firstColumn: first)
            }
        }
        self.texts = texts
        self.pictures = pictures
        var wanted = texts.rows.map { Set($0.map(\.column)) }
        for (text, own) in pictures.rows.enumerated() { for picture in own { wanted[picture.column].insert(text) } }
        textsToMatch = wanted.map { $0.sorted() }
    }

    /// The score of each candidate, similarity and logit, for both directions as rows of pictures.
    ///
    /// - Parameter logits: of `textsToMatch`
    public func scored(_ logits: [[Float]]) -> (byPicture: [ScoredRow], byText: [ScoredRow]) {
        let known = zip(textsToMatch, logits).map { texts, logits in
            Dictionary(zip(texts, logits), uniquingKeysWith: { first, _ in first })
        }
        let byPicture = texts.rows.enumerated().map { picture, own in
            own.map { (column: $0.column, score: $0.similarity + (known[picture][$0.column] ?? 0)) }
        }
        var byText: [ScoredRow] = Array(repeating: [], count: known.count)
        for (text, own) in pictures.rows.enumerated() {
            for candidate in own {
                let score = candidate.similarity + (known[candidate.column][text] ?? 0)
                byText[candidate.column].append((column: text, score: score))
            }
        }
        return (byPicture, byText)
    }
}
