/// METEOR 1.5 for English with all its matchers, as pycocoevalcap runs it (`-l en -norm`).
///
/// Denkowski and Lavie, "Meteor Universal: language specific translation evaluation for any target language", WMT 2014.
struct METEOR: CorpusScorer {
    /// The statistics of each image with its best reference.
    let statistics: [METEORStatistics]

    init(_ candidates: CandidateCaptions, _ references: ReferenceCorpus, _ data: METEORData) {
        var vocabulary = METEORVocabulary(data)
        var captions = RaggedArray<Int32>()
        var others = RaggedArray<Int32>()
        for image in 0..<references.imageCount {
            captions.appendRow(vocabulary.words(candidates.words.pieces(image), of: references.wordIndex))
        }
        for row in 0..<references.words.words.count {
            others.appendRow(vocabulary.words(references.words.pieces(row), of: references.wordIndex))
        }
        statistics = parallelMap(references.imageCount) { [vocabulary, captions, others] image in
            METEOR.best(captions[image], references.rows[image].map { others[$0] }, vocabulary, data)
        }
    }

    /// The first of the references that give the highest score. Quirk: one that gives 0 is kept too.
    private static func best(
        _ caption: ArraySlice<Int32>, _ references: [ArraySlice<Int32>], _ vocabulary: METEORVocabulary,
        _ data: METEORData
    ) -> METEORStatistics {
        var best = METEORStatistics()
        var bestScore = -1.0
        for reference in references {
            let alignment = METEORAlignment(METEORMatches(caption, reference, vocabulary, data))
            let statistics = METEORStatistics(alignment, caption, reference, isFunction: vocabulary.isFunction)
            let score = statistics.score
            if score > bestScore { (best, bestScore) = (statistics, score) }
        }
        return best
    }

    var perImage: [[Double]] { [statistics.map(\.score)] }
    var corpusScores: [Double] { METEOR.scores(statistics, [Int32](repeating: 1, count: statistics.count)) }
    var note: String? { "METEOR 1.5, English: exact, stem, synonym, paraphrase" }

    func resampling() -> Resampling {
        { [statistics] samples in samples.map { METEOR.scores(statistics, $0) } }
    }

    private static func scores(_ statistics: [METEORStatistics], _ sample: [Int32]) -> [Double] {
        var sum = METEORStatistics()
        for (image, times) in zip(statistics, sample) where times > 0 { sum.add(image, times: Double(times)) }
        return [sum.score]
    }
}
