/// CIDEr of corpora that are drawn from a set of images, with the document frequencies of each draw.
///
/// Most n-grams stand in the references of one image alone. Their weight in a sample follows from how often that image
/// was drawn, so their part of every sum is added up once; only the others are looked up, for four samples at once.
struct CIDErResampling: Sendable {
    /// The kinds of n-grams.
    fileprivate enum Kind {
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
    /// For each image and order the squared length of the candidate's vector, then for each reference its product with
    /// the candidate's and its own squared length.
    private let sums: SquareSums
    /// log 0 (taken as 0), log 1, ... log of the number of images.
    private let logarithms: [Double]

    init(_ cider: CIDEr, _ documents: DocumentLists) {
        let (candidates, references) = (cider.candidates, cider.references)
        let (kinds, count) = CIDErResampling.kinds(candidates, documents)
        sharedCount = count
        rows = references.rows
        penalties = cider.penalties
        logarithms = documents.logarithms
        self.documents = documents.flattened { order, id in kinds[order][Int(id)] }
        var sums = SquareSums()
        for (image, rows) in rows.enumerated() {
            for (order, kinds) in kinds.enumerated() {
                sums.append(candidates.counts[order].rows[image], kinds) { NGramCounts.Entry.product($0, $0) }
                for row in rows {
                    sums.append(cider.common[order][row], kinds) { $0 }
                    sums.append(references.counts[order].rows[row], kinds) { NGramCounts.Entry.product($0, $0) }
                }
            }
        }
        self.sums = sums
    }

    /// The mean scores, 0 to 10, of up to four corpora, in which image i stands `samples[...][i]` times. They are computed
    /// together, because most of the time goes into finding the n-grams.
    func corpusScores(_ samples: [[Int32]]) -> [Double] {
        let times = rows.indices.map { image in
            var times = SIMD4<Int32>()
            for (lane, sample) in samples.enumerated() { times[lane] = sample[image] }
            return times
        }
        let total = logarithms[logarithms.count - 1]
        let sum = sums.read(squares(times), unseen: total * total) { sums in
            var sum = SIMD4<Double>()
            var cell = 0
            for (image, times) in times.enumerated() {
                let next = cell + NGramIndex.orders * (1 + 2 * rows[image].count)
                if times != .zero {
                    let own = total - times.looked(up: logarithms)
                    sum += SIMD4(times) * score(rows[image], sums, from: cell, own: own * own)
                }
                cell = next
            }
            return sum
        }
        return samples.enumerated().map { lane, sample in sum[lane] / Double(sample.reduce(0, +)) }
    }

    private func score(
        _ rows: Range<Int>, _ sums: SquareSums.Reader, from start: Int, own: SIMD4<Double>
    ) -> SIMD4<Double> {
        var sum = SIMD4<Double>()
        for order in 0..<NGramIndex.orders {
            var cell = start + order * (1 + 2 * rows.count)
            let norm = sums.value(cell, own).squareRoot()
            for row in rows {
                let product = sums.value(cell + 1, own)
                let isShared = (product .> 0) .& (norm .> 0)
                if any(isShared) {
                    let cosine = product / (norm * sums.value(cell + 2, own).squareRoot())
                    sum += SIMD4<Double>().replacing(with: cosine * penalties[row], where: isShared)
                }
                cell += 2
            }
        }
        return sum / Double(NGramIndex.orders) / Double(rows.count) * 10
    }

    /// The squared weights of the numbered n-grams.
    private func squares(_ times: [SIMD4<Int32>]) -> [SIMD4<Double>] {
        var frequencies = [SIMD4<Int32>](repeating: .zero, count: sharedCount)
        frequencies.withUnsafeMutableBufferPointer { frequencies in
            documents.withRows { documents in
                for (image, times) in times.enumerated() where times != .zero {
                    for id in documents[image] { frequencies[Int(id)] &+= times }
                }
            }
        }
        let total = logarithms[logarithms.count - 1]
        let squares = logarithms.map { (total - $0) * (total - $0) }
        return frequencies.map { $0.looked(up: squares) }
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
}

/// Sums of squared weights times whole numbers.
private struct SquareSums: Sendable {
    private var shared = RaggedArray<NGramCounts.Entry>()
    private var own: [Double] = []
    private var unseen: [Double] = []

    /// Adds a sum over n-grams, to which each contributes its squared weight as often as `factor` makes of its count.
    mutating func append(
        _ counts: ArraySlice<NGramCounts.Entry>, _ kinds: [Int32], _ factor: (Int32) -> Int32
    ) {
        var (own, unseen) = (0.0, 0.0)
        for entry in counts {
            let factor = factor(entry.count)
            switch kinds[Int(entry.id)] {
            case CIDErResampling.Kind.own: own += Double(factor)
            case CIDErResampling.Kind.unseen: unseen += Double(factor)
            case let id: shared.append(NGramCounts.Entry(id: id, count: factor))
            }
        }
        shared.closeRow()
        self.own.append(own)
        self.unseen.append(unseen)
    }

    /// Hands out the sums for given weights.
    ///
    /// - Parameters:
    ///   - squares: the squared weights of the numbered n-grams.
    ///   - unseen: the squared weight of those that no reference holds.
    func read<Result>(_ squares: [SIMD4<Double>], unseen: Double, _ body: (Reader) -> Result) -> Result {
        shared.withRows { shared in
            squares.withUnsafeBufferPointer { squares in
                own.withUnsafeBufferPointer { own in
                    self.unseen.withUnsafeBufferPointer {
                        body(Reader(shared: shared, squares: squares, own: own, unseen: $0, unseenSquare: unseen))
                    }
                }
            }
        }
    }

    struct Reader {
        let shared: RaggedArray<NGramCounts.Entry>.Rows
        let squares: UnsafeBufferPointer<SIMD4<Double>>
        let own: UnsafeBufferPointer<Double>
        let unseen: UnsafeBufferPointer<Double>
        let unseenSquare: Double

        /// A sum, by its place in the order of `append`.
        ///
        /// - Parameter ownSquare: the squared weight of the n-grams that the image has to itself.
        func value(_ cell: Int, _ ownSquare: SIMD4<Double>) -> SIMD4<Double> {
            var sum = own[cell] * ownSquare + SIMD4(repeating: unseen[cell] * unseenSquare)
            for entry in shared[cell] { sum += Double(entry.count) * squares[Int(entry.id)] }
            return sum
        }
    }
}

extension SIMD4<Int32> {
    /// The elements of a table at these places.
    fileprivate func looked(up table: [Double]) -> SIMD4<Double> {
        SIMD4<Double>(table[Int(x)], table[Int(y)], table[Int(z)], table[Int(w)])
    }
}
