import Foundation

/// CIDEr-D of corpora that are drawn from a set of images, with the document frequencies of each draw.
///
/// Most n-grams stand in the references of one image alone. Their weight in a sample follows from how often that image
/// was drawn, so their part of every sum is added up once; only the others are looked up for each sample.
struct CIDErResampling: Sendable {
    /// The kinds of n-grams.
    private enum Kind {
        /// In no reference: of the weight log N.
        static let unseen: Int32 = -1
        /// In the references of one image, and in no other image's candidate.
        static let own: Int32 = -2
    }

    /// For each image, the n-grams of its references that have a number, of all orders.
    private let documents: RaggedArray<Int32>
    private let sharedCount: Int
    private let rows: [Range<Int>]
    private let penalties: [Double]
    /// By reference and order.
    private let referenceNorms: SquareSums
    /// By reference and order.
    private let products: SquareSums
    /// By image and order.
    private let candidateNorms: SquareSums
    /// log 0 (taken as 0), log 1, ... log of the number of images.
    private let logarithms: [Double]

    init(_ cider: CIDEr, _ documents: DocumentLists) {
        let (candidates, references) = (cider.candidates, cider.references)
        let (kinds, count) = CIDErResampling.kinds(candidates, documents)
        sharedCount = count
        rows = references.rows
        penalties = cider.penalties
        self.documents = documents.flattened { order, id in kinds[order][Int(id)] }
        referenceNorms = SquareSums(references.counts.map(\.rows), kinds) { $0 * $0 }
        candidateNorms = SquareSums(candidates.counts.map(\.rows), kinds) { $0 * $0 }
        products = SquareSums(cider.common, kinds) { $0 }
        logarithms = documents.logarithms
    }

    /// The mean score, 0 to 10, of a corpus in which image i stands `sample[i]` times.
    func corpusScore(_ sample: [Int32]) -> Double {
        let total = logarithms[logarithms.count - 1]
        let squares = self.squares(sample)
        var sum = 0.0
        for (image, times) in sample.enumerated() where times > 0 {
            let own = total - logarithms[Int(times)]
            let weights = SquareSums.Weights(squares: squares, own: own * own, unseen: total * total)
            sum += Double(times) * score(image, weights)
        }
        return sum / Double(sample.reduce(0, +))
    }

    private func score(_ image: Int, _ weights: SquareSums.Weights) -> Double {
        var sum = 0.0
        for order in 0..<NGramIndex.orders {
            let norm = candidateNorms.value(image * NGramIndex.orders + order, weights).squareRoot()
            guard norm > 0 else { continue }
            for row in rows[image] {
                let cell = row * NGramIndex.orders + order
                let product = products.value(cell, weights)
                guard product > 0 else { continue }
                sum += product / (norm * referenceNorms.value(cell, weights).squareRoot()) * penalties[row]
            }
        }
        return sum / Double(NGramIndex.orders) / Double(rows[image].count) * 10
    }

    /// The squared weights of the numbered n-grams.
    private func squares(_ sample: [Int32]) -> [Double] {
        var frequencies = [Int32](repeating: 0, count: sharedCount)
        for (image, times) in sample.enumerated() where times > 0 {
            for id in documents[image] { frequencies[Int(id)] += times }
        }
        let total = logarithms[logarithms.count - 1]
        return frequencies.map { frequency in
            let weight = total - logarithms[Int(frequency)]
            return weight * weight
        }
    }

    /// For each order and n-gram its kind, or its number if it is of neither kind.
    private static func kinds(_ candidates: CandidateCaptions, _ documents: DocumentLists) -> ([[Int32]], Int) {
        var count: Int32 = 0
        let kinds = documents.frequencies().enumerated().map { order, frequencies in
            var kinds = frequencies.map { $0 == 0 ? Kind.unseen : $0 == 1 ? Kind.own : 0 }
            let owners = documents.owners(order: order)
            for image in 0..<candidates.words.words.count {
                for entry in candidates.counts[order].rows[image]
                where kinds[Int(entry.id)] == Kind.own && owners[Int(entry.id)] != image { kinds[Int(entry.id)] = 0 }
            }
            for id in kinds.indices where kinds[id] == 0 {
                kinds[id] = count
                count += 1
            }
            return kinds
        }
        return (kinds, Int(count))
    }

    /// Sums of squared weights times whole numbers, a sum for each cell.
    private struct SquareSums: Sendable {
        struct Weights {
            var squares: [Double]
            var own: Double
            var unseen: Double
        }

        private var shared = RaggedArray<NGramCounts.Entry>()
        private var own: [Double] = []
        private var unseen: [Double] = []

        /// - Parameters:
        ///   - counts: by order, then row; cell `row * orders + order` takes its numbers from there.
        ///   - kinds: by order and n-gram.
        init(_ counts: [RaggedArray<NGramCounts.Entry>], _ kinds: [[Int32]], _ factor: (Int32) -> Int32) {
            for row in 0..<counts[0].count {
                for (order, counts) in counts.enumerated() {
                    var (own, unseen) = (0.0, 0.0)
                    for entry in counts[row] {
                        let factor = factor(entry.count)
                        switch kinds[order][Int(entry.id)] {
                        case Kind.own: own += Double(factor)
                        case Kind.unseen: unseen += Double(factor)
                        case let id: shared.append(NGramCounts.Entry(id: id, count: factor))
                        }
                    }
                    shared.closeRow()
                    self.own.append(own)
                    self.unseen.append(unseen)
                }
            }
        }

        func value(_ cell: Int, _ weights: Weights) -> Double {
            var sum = own[cell] * weights.own + unseen[cell] * weights.unseen
            for entry in shared[cell] { sum += Double(entry.count) * weights.squares[Int(entry.id)] }
            return sum
        }
    }
}
