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
    ///   - bootstrap: how to resample the images for the intervals of the scores; no intervals if nil.
    ///
    /// Throws `EvaluationError` when they do not and must, or when no image is left.
    public init(
        predictions: CaptionPredictions, references: CaptionReferences,
        metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider], missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap? = nil
    ) throws {
        let matching = try CaptionMatching.checked(predictions, references, missing)
        var corpus = ReferenceCorpus(matching.pairs.map(\.image.captions))
        let candidates = corpus.candidates(matching.pairs.map(\.caption))
        let families = CaptionFamily.all(of: metrics, candidates, corpus)
        let samples = bootstrap.map { CaptionFamily.samples([families], $0, imageCount: corpus.imageCount)[0] }
        self.init(matching, families, samples: samples)
    }

    /// - Parameter samples: the scores of the bootstrap's samples by key.
    init(_ matching: CaptionMatching, _ families: [CaptionFamily], samples: [String: [Double]]?) {
        var scores = families.flatMap(\.scores)
        for place in scores.indices {
            scores[place].interval = samples?[scores[place].key].map { ResampledScore($0).interval }
        }
        report = CaptionReport(scores: scores, count: matching.pairs.count, matching: matching)
        let columns = families.flatMap { family in
            Array(zip(family.metric.keys, family.scorer?.perImage ?? []))
        }
        images = matching.pairs.enumerated().map { place, pair in
            Image(
                id: pair.image.id, fileName: pair.image.fileName, caption: pair.caption,
                references: pair.image.captions,
                scores: Dictionary(uniqueKeysWithValues: columns.map { ($0, $1[place]) }))
        }
    }
}

/// One family of scores for a set of captions, or the reason why it cannot be had.
struct CaptionFamily: Sendable {
    let metric: CaptionMetric
    let scorer: (any CorpusScorer)?
    let note: String?

    /// The families in pycocoevalcap's order.
    static func all(
        of metrics: Set<CaptionMetric>, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus
    ) -> [CaptionFamily] {
        CaptionMetric.allCases.filter(metrics.contains).map { CaptionFamily($0, candidates, corpus) }
    }

    private init(_ metric: CaptionMetric, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus) {
        self.metric = metric
        switch metric {
        case .bleu: scorer = BLEU(candidates, corpus)
        case .rouge: scorer = MeanScore(scores: ROUGE.scores(candidates, corpus))
        case .cider: scorer = corpus.imageCount > 1 ? CorpusCIDEr(candidates, corpus) : nil
        case .meteor, .spice: scorer = nil
        }
        note = scorer.map(\.note) ?? CaptionFamily.reason(metric)
    }

    /// Why a family has no scores.
    private static func reason(_ metric: CaptionMetric) -> String {
        switch metric {
        case .cider: "undefined: one image gives every n-gram the weight log(1/1) = 0; name a file of frequencies"
        default: "not computed: this program has no \(metric.keys[0]) yet"
        }
    }

    var scores: [CaptionReport.Score] {
        let values = scorer?.corpusScores
        return metric.keys.enumerated().map { place, key in
            CaptionReport.Score(key: key, value: values?[place], scale: metric.scale, note: note)
        }
    }

    /// The scores by key of a bootstrap's samples, for several systems on the same images; each sample draws the same
    /// images for all of them.
    static func samples(
        _ systems: [[CaptionFamily]], _ bootstrap: Bootstrap, imageCount: Int
    ) -> [[String: [Double]]] {
        let scorers = systems.map { families in
            families.compactMap { family in family.scorer.map { (family.metric.keys, $0.resampling()) } }
        }
        let samples = bootstrap.samples(of: imageCount) { sample in
            scorers.map { system in system.flatMap { $0.1(sample) } }
        }
        return scorers.enumerated().map { system, scorers in
            let keys = scorers.flatMap(\.0)
            return Dictionary(
                uniqueKeysWithValues: keys.enumerated().map { place, key in
                    (key, samples.map { $0[system][place] })
                })
        }
    }
}
