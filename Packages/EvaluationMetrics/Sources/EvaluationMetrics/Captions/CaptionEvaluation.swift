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
        /// What the METEOR score is made of, if it was computed.
        public var meteor: METEORStatistics?
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
    ///   - resources: files that METEOR and CIDEr may need.
    /// - Throws: `EvaluationError` when they do not and must, or when no image is left.
    public init(
        predictions: CaptionPredictions, references: CaptionReferences,
        metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider], missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap? = nil, resources: CaptionResources = CaptionResources()
    ) throws {
        let matching = try CaptionMatching.checked(predictions, references, missing)
        var corpus = ReferenceCorpus(matching.pairs.map(\.image.captions))
        let candidates = corpus.candidates(matching.pairs.map(\.caption))
        let families = CaptionFamily.all(of: metrics, candidates, corpus, resources)
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
        let meteor = families.lazy.compactMap { $0.scorer as? METEOR }.first
        images = matching.pairs.enumerated().map { place, pair in
            Image(
                id: pair.image.id, fileName: pair.image.fileName, caption: pair.caption,
                references: pair.image.captions,
                scores: Dictionary(uniqueKeysWithValues: columns.map { ($0, $1[place]) }),
                meteor: meteor?.statistics[place])
        }
    }
}
