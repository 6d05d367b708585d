/// ROUGE-L as coco-caption computes it.
///
/// Lin, "ROUGE: a package for automatic evaluation of summaries", 2004, with beta 1.2. Quirk: the best precision and
/// the best recall are taken over the references independently, so they may come from different ones.
enum ROUGE {
    static let beta = 1.2

    /// The score of each image, 0 to 1.
    static func scores(_ candidates: CandidateCaptions, _ references: ReferenceCorpus) -> [Double] {
        var lengths: [Int32] = []
        return (0..<references.imageCount).map { image in
            let words = candidates.words.pieces(image)
            var precision = 0.0
            var recall = 0.0
            for row in references.rows[image] {
                let reference = references.words.pieces(row)
                let common = Double(longestCommonSubsequence(words, reference, &lengths))
                precision = max(precision, common / Double(words.count))
                recall = max(recall, common / Double(reference.count))
            }
            guard precision > 0, recall > 0 else { return 0 }
            return (1 + beta * beta) * precision * recall / (recall + beta * beta * precision)
        }
    }

    /// - Parameter lengths: scratch.
    private static func longestCommonSubsequence(
        _ first: ArraySlice<Int32>, _ second: ArraySlice<Int32>, _ lengths: inout [Int32]
    ) -> Int {
        lengths.removeAll(keepingCapacity: true)
        lengths.append(contentsOf: repeatElement(0, count: second.count + 1))
        for word in first {
            var diagonal: Int32 = 0
            for (place, other) in second.enumerated() {
                let above = lengths[place + 1]
                lengths[place + 1] = word == other ? diagonal + 1 : max(above, lengths[place])
                diagonal = above
            }
        }
        return Int(lengths[second.count])
    }
}
