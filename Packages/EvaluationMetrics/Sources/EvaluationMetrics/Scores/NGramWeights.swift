import Foundation

/// In how many images' references each n-gram stands.
struct DocumentLists: Sendable {
    /// For each order and image, the distinct n-grams of its references.
    private let documents: [RaggedArray<Int32>]
    private let sizes: [Int]
    /// log 0 (taken as 0), log 1, ... log of the number of images.
    private let logarithms: [Double]

    init(_ references: ReferenceCorpus) {
        let nGramIndex = references.nGramIndex
        sizes = (1...NGramIndex.orders).map { nGramIndex.count(order: $0) }
        documents = references.counts.enumerated().map { order, counts in
            var result = RaggedArray<Int32>()
            var last = [Int](repeating: -1, count: nGramIndex.count(order: order + 1))
            for (image, rows) in references.rows.enumerated() {
                for row in rows {
                    for entry in counts.rows[row] where last[Int(entry.id)] != image {
                        last[Int(entry.id)] = image
                        result.append(entry.id)
                    }
                }
                result.closeRow()
            }
            return result
        }
        logarithms = (0...references.imageCount).map { log(Double(max(1, $0))) }
    }

    /// The weights when image i stands in the corpus `multiplicities[i]` times; once each by default.
    func weights(multiplicities: [Int32]? = nil) -> NGramWeights {
        let total = logarithms[logarithms.count - 1]
        let squares = documents.enumerated().map { order, lists in
            frequencies(lists, sizes[order], multiplicities).map { frequency in
                let weight = total - logarithms[Int(frequency)]
                return weight * weight
            }
        }
        return NGramWeights(squares: squares)
    }

    /// The document frequencies of the n-grams of one order.
    private func frequencies(_ lists: RaggedArray<Int32>, _ size: Int, _ multiplicities: [Int32]?) -> [Int32] {
        var result = [Int32](repeating: 0, count: size)
        for image in 0..<lists.count {
            let weight = multiplicities?[image] ?? 1
            guard weight > 0 else { continue }
            for id in lists[image] { result[Int(id)] += weight }
        }
        return result
    }

    /// The document frequencies of each order's n-grams over all images, each counted once.
    func frequencies() -> [[Int32]] {
        documents.enumerated().map { order, lists in frequencies(lists, sizes[order], nil) }
    }
}

/// The squared inverse document frequency of every n-gram, by order and number.
struct NGramWeights: Sendable {
    var squares: [[Double]]
}

/// The lengths of all references' vectors.
struct ReferenceNorms: Sendable {
    private var norms: [Double]

    /// - Parameter images: which images' references are wanted; the others stay 0. All by default.
    init(_ references: ReferenceCorpus, _ weights: NGramWeights, images: [Int32]? = nil) {
        norms = [Double](repeating: 0, count: references.words.words.count * NGramIndex.orders)
        for (image, rows) in references.rows.enumerated() where images.map({ $0[image] > 0 }) ?? true {
            for row in rows {
                for order in 0..<NGramIndex.orders {
                    norms[row * NGramIndex.orders + order] =
                        references.counts[order].squaredNorm(row, weights.squares[order]).squareRoot()
                }
            }
        }
    }

    subscript(row: Int, order: Int) -> Double { norms[row * NGramIndex.orders + order] }
}
