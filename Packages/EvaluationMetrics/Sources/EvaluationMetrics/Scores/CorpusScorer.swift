/// The scores of one family: those of each image, of the corpus, and of any corpus that is drawn from the images.
protocol CorpusScorer: Sendable {
    /// For each of the family's keys, the scores of all images.
    var perImage: [[Double]] { get }
    /// For each of the family's keys, the score of the corpus.
    var corpusScores: [Double] { get }
    /// How the scores were computed, where that is worth a word.
    var note: String? { get }

    /// What scores corpora that are drawn from the images.
    func resampling() -> Resampling
}

/// For each of up to `Bootstrap.groupSize` samples, by key, the scores of a corpus in which image i stands `sample[i]`
/// times.
typealias Resampling = @Sendable (_ samples: [[Int32]]) -> [[Double]]

extension CorpusScorer {
    var note: String? { nil }
}

/// A family of one score, which for a corpus is the mean over its images.
struct MeanScore: CorpusScorer {
    let scores: [Double]
    var note: String?

    var perImage: [[Double]] { [scores] }
    var corpusScores: [Double] { [scores.reduce(0, +) / Double(scores.count)] }

    func resampling() -> Resampling {
        { [scores] samples in
            samples.map { sample in
                var sum = 0.0
                var count = 0
                for (score, times) in zip(scores, sample) {
                    sum += score * Double(times)
                    count += Int(times)
                }
                return [sum / Double(count)]
            }
        }
    }
}

extension BLEU: CorpusScorer {
    var perImage: [[Double]] {
        let scores = statistics.map(\.scores)
        return (0..<NGramIndex.orders).map { order in scores.map { $0[order] } }
    }

    /// The scores of the summed statistics, which are not the mean of the images' scores.
    var corpusScores: [Double] { BLEU.scores(statistics, [Int32](repeating: 1, count: statistics.count)) }

    func resampling() -> Resampling {
        { [statistics] samples in samples.map { BLEU.scores(statistics, $0) } }
    }

    private static func scores(_ statistics: [Statistics], _ sample: [Int32]) -> [Double] {
        var sum = Statistics()
        for (image, times) in zip(statistics, sample) { sum.add(image, times: Double(times)) }
        let scores = sum.scores
        return (0..<NGramIndex.orders).map { scores[$0] }
    }
}

/// CIDEr with document frequencies from the references of the very corpus, as coco-caption has it; those of a sample
/// come from the sample.
struct CorpusCIDEr: CorpusScorer {
    private let variant: CIDEr.Variant
    private let cider: CIDEr
    private let documents: DocumentLists
    private let scores: [Double]

    init(_ variant: CIDEr.Variant, _ candidates: CandidateCaptions, _ references: ReferenceCorpus) {
        self.variant = variant
        cider = CIDEr(variant, candidates, references)
        documents = DocumentLists(references)
        scores = cider.scores(documents.weights())
    }

    var perImage: [[Double]] { [scores] }
    var corpusScores: [Double] { MeanScore(scores: scores).corpusScores }
    var note: String? { variant.note(frequencies: "from the references of \(scores.count) images") }

    func resampling() -> Resampling {
        let resampling = CIDErResampling(cider, documents)
        return { resampling.corpusScores($0).map { [$0] } }
    }
}
