/// Scores captions against references, as the COCO caption evaluation does.
///
///     let evaluation = try CaptionEvaluation(
///         predictions: CaptionPredictions(contentsOf: results), references: CaptionReferences(contentsOf: truth))
///     print(evaluation.report.table)
///     print(evaluation.images[0].scores["CIDEr"])
///
/// BLEU, ROUGE-L and CIDEr-D equal pycocoevalcap's, tokenization included, for each image and for the corpus.
public struct CaptionEvaluation: Sendable {
    /// One image's captions and scores.
    public struct Image: Sendable {
        /// The image's id.
        public var id: ImageID
        /// The image's file name, if the references tell it.
        public var fileName: String?
        /// The caption under test.
        public var caption: String
        /// What it was compared with.
        public var references: [String]
        /// The image's scores by key.
        public var scores: [String: Double]
    }

    /// The scores of the whole set.
    public let report: CaptionReport
    /// The scores of each image, in the order of the references.
    public let images: [Image]

    /// Scores predictions.
    ///
    /// - Parameters:
    ///   - metrics: which families to compute, in pycocoevalcap's order whatever the order here.
    ///   - missing: what to do when predictions and references do not cover the same images.
    ///
    /// Throws `EvaluationError` when they do not and must, or when no image is left.
    public init(
        predictions: CaptionPredictions, references: CaptionReferences,
        metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider], missing: CaptionMatching.Policy = .error
    ) throws {
        let matching = CaptionMatching(predictions, references)
        let files = "\(predictions.name) against \(references.name)"
        guard matching.isComplete || missing == .skip else {
            throw EvaluationError(files: files, problem: matching.summary)
        }
        guard !matching.pairs.isEmpty else {
            throw EvaluationError(files: files, problem: "no image has both a prediction and references")
        }
        var corpus = ReferenceCorpus(matching.pairs.map(\.image.captions))
        let candidates = corpus.candidates(matching.pairs.map(\.caption))
        let columns = CaptionMetric.allCases.filter(metrics.contains).flatMap {
            CaptionColumn.columns(of: $0, candidates, corpus)
        }
        report = CaptionReport(scores: columns.map(\.score), count: corpus.imageCount, matching: matching)
        images = matching.pairs.enumerated().map { place, pair in
            let scores = columns.compactMap { column in
                column.perImage.map { (column.score.key, $0[place]) }
            }
            return Image(
                id: pair.image.id, fileName: pair.image.fileName, caption: pair.caption,
                references: pair.image.captions, scores: Dictionary(uniqueKeysWithValues: scores))
        }
    }
}

/// One score of the set and of each of its images.
struct CaptionColumn {
    var score: CaptionReport.Score
    /// Nil if the score was not computed.
    var perImage: [Double]?

    static func columns(
        of metric: CaptionMetric, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus
    ) -> [CaptionColumn] {
        switch metric {
        case .bleu:
            let bleu = BLEU(candidates, corpus)
            let perImage = bleu.statistics.map(\.scores)
            let scores = bleu.corpusScores
            return metric.keys.enumerated().map { order, key in
                CaptionColumn(key, metric, scores[order], perImage.map { $0[order] })
            }
        case .rouge:
            let scores = ROUGE.scores(candidates, corpus)
            return [CaptionColumn(metric.keys[0], metric, mean(scores), scores)]
        case .cider: return [cider(candidates, corpus)]
        case .meteor, .spice:
            let note = "not computed: this program has no \(metric.keys[0]) yet"
            return [CaptionColumn(missing: metric.keys[0], metric, note)]
        }
    }

    private static func cider(_ candidates: CandidateCaptions, _ corpus: ReferenceCorpus) -> CaptionColumn {
        guard corpus.imageCount > 1 else {
            let note = "undefined: one image gives every n-gram the weight log(1/1) = 0; name a file of frequencies"
            return CaptionColumn(missing: "CIDEr", .cider, note)
        }
        let scores = CIDEr(candidates, corpus).scores(DocumentLists(corpus).weights())
        var column = CaptionColumn("CIDEr", .cider, mean(scores), scores)
        column.score.note = "CIDEr-D, n = 4, sigma = 6, frequencies from the references of \(corpus.imageCount) images"
        return column
    }

    private static func mean(_ scores: [Double]) -> Double { scores.reduce(0, +) / Double(scores.count) }

    private init(_ key: String, _ metric: CaptionMetric, _ value: Double, _ perImage: [Double]) {
        score = CaptionReport.Score(key: key, value: value, scale: metric.scale)
        self.perImage = perImage
    }

    private init(missing key: String, _ metric: CaptionMetric, _ note: String) {
        score = CaptionReport.Score(key: key, value: nil, scale: metric.scale, note: note)
    }
}
