/// How often each n-gram of one length stands in each of many captions.
struct NGramCounts: Sendable {
    struct Entry: Sendable {
        var id: Int32
        var count: Int32

        /// One count times another. Only a caption that says one thing 46,341 times could exceed what is kept.
        static func product(_ count: Int32, _ other: Int32) -> Int32 { Int32(clamping: Int(count) * Int(other)) }
    }

    /// A row for each caption: its distinct n-grams in the order in which they first come up.
    private(set) var rows = RaggedArray<Entry>()

    /// The counts of all captions for each order, shortest first.
    static func all(_ captions: RaggedArray<Int32>, index: inout NGramIndex) -> [NGramCounts] {
        var counts = [NGramCounts](repeating: NGramCounts(), count: NGramIndex.orders)
        var places = [[Int32]](repeating: [], count: NGramIndex.orders)
        var ids = [[Int32]](repeating: [], count: NGramIndex.orders)
        for row in 0..<captions.count {
            index.number(captions[row], &ids)
            for order in 0..<NGramIndex.orders {
                let missing = index.count(order: order + 1) - places[order].count
                if missing > 0 { places[order].append(contentsOf: repeatElement(-1, count: max(missing, 1 << 12))) }
                counts[order].append(ids[order], &places[order])
            }
        }
        return counts
    }

    /// - Parameter places: where each n-gram last stood, so that a repeated one is found without a search.
    private mutating func append(_ ids: [Int32], _ places: inout [Int32]) {
        let start = rows.elements.count
        for id in ids {
            let place = Int(places[Int(id)])
            if place >= start {
                rows.update(place) { $0.count += 1 }
            } else {
                places[Int(id)] = Int32(rows.elements.count)
                rows.append(Entry(id: id, count: 1))
            }
        }
        rows.closeRow()
    }
}
