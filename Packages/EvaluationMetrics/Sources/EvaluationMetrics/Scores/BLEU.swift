import Foundation

/// BLEU-1 to BLEU-4 as coco-caption computes them, with the closest reference length.
///
/// Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002.
struct BLEU: Sendable {
    /// What a score is made of; the statistics of several images add up.
    struct Statistics: Sendable {
        /// N-grams that some reference holds too, clipped at its count. By order.
        var correct = SIMD4<Double>()
        /// N-grams of the caption. By order.
        var guessed = SIMD4<Double>()
        var length = 0.0
        /// The length of the closest reference, the shorter one of two.
        var referenceLength = 0.0

        mutating func add(_ other: Statistics, times weight: Double) {
            correct += other.correct * weight
            guessed += other.guessed * weight
            length += other.length * weight
            referenceLength += other.referenceLength * weight
        }

        /// BLEU-1 to BLEU-4, 0 to 1. Quirk: counts are shifted a little so that nothing is divided by zero; an empty
        /// caption scores near zero and not zero.
        var scores: SIMD4<Double> {
            let tiny = 1e-15
            let small = 1e-9
            var scores = SIMD4<Double>()
            var product = 1.0
            for order in 0..<NGramIndex.orders {
                product *= (correct[order] + tiny) / (guessed[order] + small)
                scores[order] = pow(product, 1 / Double(order + 1))
            }
            let ratio = (length + tiny) / (referenceLength + small)
            return ratio < 1 ? scores * exp(1 - 1 / ratio) : scores
        }
    }

    /// The statistics of each image.
    let statistics: [Statistics]

    init(_ candidates: CandidateCaptions, _ references: ReferenceCorpus) {
        var limits = (1...NGramIndex.orders).map { order in
            [Int32](repeating: 0, count: references.nGramIndex.count(order: order))
        }
        statistics = (0..<references.imageCount).map { image in
            var result = BLEU.lengths(image, candidates, references)
            for order in 0..<NGramIndex.orders {
                let entries = candidates.counts[order].rows[image]
                result.correct[order] = Double(
                    BLEU.correct(entries, references.rows[image], references.counts[order], &limits[order]))
                result.guessed[order] = max(0, result.length - Double(order))
            }
            return result
        }
    }

    private static func lengths(
        _ image: Int, _ candidates: CandidateCaptions, _ references: ReferenceCorpus
    ) -> Statistics {
        let length = candidates.words.words[image].count
        let closest = references.rows[image].map { references.words.words[$0].count }
            .min { (abs($0 - length), $0) < (abs($1 - length), $1) }
        var result = Statistics()
        result.length = Double(length)
        result.referenceLength = Double(closest ?? 0)
        return result
    }

    /// - Parameter limits: zeros, and zeros again afterwards; holds the greatest count in any reference meanwhile.
    private static func correct(
        _ entries: ArraySlice<NGramCounts.Entry>, _ rows: Range<Int>, _ references: NGramCounts,
        _ limits: inout [Int32]
    ) -> Int {
        for row in rows {
            for entry in references.rows[row] {
                limits[Int(entry.id)] = max(limits[Int(entry.id)], entry.count)
            }
        }
        let sum = entries.reduce(0) { $0 + Int(min($1.count, limits[Int($1.id)])) }
        for row in rows {
            for entry in references.rows[row] { limits[Int(entry.id)] = 0 }
        }
        return sum
    }
}
