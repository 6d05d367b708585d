/// Numbers for the n-grams of one to four words, one series for each length.
///
/// An n-gram is told by the number of its first n - 1 words and its last word, so that numbering a caption takes one
/// look-up for each n-gram, whatever its length.
struct NGramIndex: Sendable {
    /// The greatest length.
    static let orders = 4

    private var tables: [PairTable] = Array(repeating: PairTable(), count: NGramIndex.orders - 1)
    private var wordCount = 0

    /// The number of distinct n-grams of `order` words.
    func count(order: Int) -> Int { order == 1 ? wordCount : tables[order - 2].count }

    /// For each n-gram of `order` words, in the order of their numbers, the number of its first words and its last word.
    func parts(order: Int) -> [(Int32, Int32)] { tables[order - 2].pairs }

    /// The n-grams of a caption, by order and place: `ids[n - 1][i]` stands for the words i ..< i + n.
    mutating func number(_ words: ArraySlice<Int32>, _ ids: inout [[Int32]]) {
        for order in 0..<NGramIndex.orders { ids[order].removeAll(keepingCapacity: true) }
        for word in words {
            ids[0].append(word)
            wordCount = max(wordCount, Int(word) + 1)
        }
        for order in 1..<NGramIndex.orders where words.count > order {
            for place in 0..<words.count - order {
                let last = words[words.startIndex + place + order]
                ids[order].append(tables[order - 1].id(ids[order - 1][place], last))
            }
        }
    }
}
