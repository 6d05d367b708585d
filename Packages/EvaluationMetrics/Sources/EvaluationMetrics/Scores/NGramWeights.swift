import Foundation

/// In how many images' references each n-gram stands.
struct DocumentLists: Sendable {
    /// For each order and image, the distinct n-grams of its references.
    private let documents: [RaggedArray<Int32>]
    private let sizes: [Int]
    /// log 0 (taken as 0), log 1, ... log of the number of images.
    let logarithms: [Double]

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

    /// The weights when each image stands in the corpus once.
    func weights() -> NGramWeights {
        let total = logarithms[logarithms.count - 1]
        let squares = frequencies().map { frequencies in
            frequencies.map { frequency in
                let weight = total - logarithms[Int(frequency)]
                return weight * weight
            }
        }
        return NGramWeights(squares: squares)
    }

    /// The document frequencies of each order's n-grams.
    func frequencies() -> [[Int32]] {
        documents.enumerated().map { order, lists in
            var result = [Int32](repeating: 0, count: sizes[order])
            for id in lists.elements { result[Int(id)] += 1 }
            return result
        }
    }

    /// For each n-gram of one order an image whose references hold it; -1 if there is none.
    func owners(order: Int) -> [Int] {
        var result = [Int](repeating: -1, count: sizes[order])
        for image in 0..<documents[order].count {
            for id in documents[order][image] { result[Int(id)] = image }
        }
        return result
    }

    /// For each image its n-grams of all orders, numbered anew; those whose new number is negative are left out.
    func flattened(_ number: (_ order: Int, _ id: Int32) -> Int32) -> RaggedArray<Int32> {
        var result = RaggedArray<Int32>()
        for image in 0..<documents[0].count {
            for (order, lists) in documents.enumerated() {
                for id in lists[image] {
                    let new = number(order, id)
                    if new >= 0 { result.append(new) }
                }
            }
            result.closeRow()
        }
        return result
    }
}

/// The squared inverse document frequency of every n-gram, by order and number.
struct NGramWeights: Sendable {
    var squares: [[Double]]
}

/// The lengths of all references' vectors.
struct ReferenceNorms: Sendable {
    private var norms: [Double]

    init(_ references: ReferenceCorpus, _ weights: NGramWeights) {
        norms = [Double](repeating: 0, count: references.words.words.count * NGramIndex.orders)
        for row in 0..<references.words.words.count {
            for order in 0..<NGramIndex.orders {
                norms[row * NGramIndex.orders + order] =
                    references.counts[order].squaredNorm(row, weights.squares[order]).squareRoot()
            }
        }
    }

    subscript(row: Int, order: Int) -> Double { norms[row * NGramIndex.orders + order] }
}
