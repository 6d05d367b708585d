import Foundation

/// CIDEr-D, and plain CIDEr, as coco-caption and its authors' own package compute them.
///
/// Vedantam, Zitnick and Parikh, "CIDEr: consensus-based image description evaluation", CVPR 2015. Captions are
/// vectors of n-gram counts weighted by inverse document frequency, n from 1 to 4; the score is ten times their mean
/// cosine with the references.
struct CIDEr: Sendable {
    /// The two ways of counting.
    enum Variant: Sendable {
        /// CIDEr as first proposed.
        case plain
        /// CIDEr-D, which clips the counts and punishes a difference in length.
        case clipped

        /// How scores were computed, in words.
        func note(frequencies source: String) -> String {
            (self == .clipped ? "CIDEr-D, n = 4, sigma = 6" : "plain CIDEr, n = 4") + ", frequencies \(source)"
        }
    }

    static let sigma = 6.0

    let references: ReferenceCorpus
    let candidates: CandidateCaptions
    /// For each reference and order, the n-grams it shares with its image's candidate; `count` is the product of
    /// counts that enters the dot product.
    let common: [RaggedArray<NGramCounts.Entry>]
    /// The factor for the difference in length, for each reference.
    let penalties: [Double]

    init(_ variant: Variant, _ candidates: CandidateCaptions, _ references: ReferenceCorpus) {
        self.references = references
        self.candidates = candidates
        common = (0..<NGramIndex.orders).map { CIDEr.common(variant, candidates, references, $0) }
        var penalties = [Double](repeating: 1, count: references.words.words.count)
        if variant == .clipped {
            for (image, rows) in references.rows.enumerated() {
                for row in rows {
                    // Quirk: the length of a caption is the number of its bigrams.
                    let delta =
                        Double(max(0, candidates.words.words[image].count - 1))
                        - Double(max(0, references.words.words[row].count - 1))
                    penalties[row] = exp(-delta * delta / (2 * CIDEr.sigma * CIDEr.sigma))
                }
            }
        }
        self.penalties = penalties
    }

    private static func common(
        _ variant: Variant, _ candidates: CandidateCaptions, _ references: ReferenceCorpus, _ order: Int
    ) -> RaggedArray<NGramCounts.Entry> {
        var result = RaggedArray<NGramCounts.Entry>()
        var own = [Int32](repeating: 0, count: references.nGramIndex.count(order: order + 1))
        for (image, rows) in references.rows.enumerated() {
            for entry in candidates.counts[order].rows[image] { own[Int(entry.id)] = entry.count }
            for row in rows {
                for entry in references.counts[order].rows[row] where own[Int(entry.id)] > 0 {
                    let count = own[Int(entry.id)]
                    let counted = variant == .clipped ? min(count, entry.count) : count
                    let product = NGramCounts.Entry.product(counted, entry.count)
                    result.append(NGramCounts.Entry(id: entry.id, count: product))
                }
                result.closeRow()
            }
            for entry in candidates.counts[order].rows[image] { own[Int(entry.id)] = 0 }
        }
        return result
    }

    /// The score of one image, 0 to 10.
    ///
    /// - Parameter norms: of the references, `ReferenceNorms` of the same weights.
    func score(_ image: Int, _ weights: NGramWeights, _ norms: ReferenceNorms) -> Double {
        let rows = references.rows[image]
        var sum = 0.0
        for order in 0..<NGramIndex.orders {
            let squares = weights.squares[order]
            let norm = candidates.counts[order].squaredNorm(image, squares).squareRoot()
            guard norm > 0 else { continue }
            for row in rows {
                let other = norms[row, order]
                guard other > 0 else { continue }
                sum += common[order].dot(row, squares) / (norm * other) * penalties[row]
            }
        }
        return sum / Double(NGramIndex.orders) / Double(rows.count) * 10
    }

    /// The scores of all images.
    func scores(_ weights: NGramWeights) -> [Double] {
        let norms = ReferenceNorms(references, weights)
        return (0..<references.imageCount).map { score($0, weights, norms) }
    }
}

extension NGramCounts {
    /// The squared length of a caption's vector.
    func squaredNorm(_ row: Int, _ squares: [Double]) -> Double {
        var sum = 0.0
        for entry in rows[row] { sum += Double(entry.count) * Double(entry.count) * squares[Int(entry.id)] }
        return sum
    }
}

extension RaggedArray where Element == NGramCounts.Entry {
    fileprivate func dot(_ row: Int, _ squares: [Double]) -> Double {
        var sum = 0.0
        for entry in self[row] { sum += Double(entry.count) * squares[Int(entry.id)] }
        return sum
    }
}
