/// One family of scores for a set of captions, or the reason why it cannot be had.
struct CaptionFamily: Sendable {
    let metric: CaptionMetric
    let scorer: (any CorpusScorer)?
    let note: String?

    /// The families in pycocoevalcap's order.
    static func all(
        of metrics: Set<CaptionMetric>, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus,
        _ resources: CaptionResources
    ) -> [CaptionFamily] {
        CaptionMetric.allCases.filter(metrics.contains).map { CaptionFamily($0, candidates, corpus, resources) }
    }

    private init(
        _ metric: CaptionMetric, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus,
        _ resources: CaptionResources
    ) {
        self.metric = metric
        switch metric {
        case .bleu: scorer = BLEU(candidates, corpus)
        case .rouge: scorer = MeanScore(scores: ROUGE.scores(candidates, corpus))
        case .cider: scorer = CaptionFamily.cider(.clipped, candidates, corpus, resources.frequencies)
        case .plainCIDEr: scorer = CaptionFamily.cider(.plain, candidates, corpus, resources.frequencies)
        case .meteor: scorer = resources.meteor.map { METEOR(candidates, corpus, $0) }
        case .spice: scorer = nil
        }
        note = scorer.map(\.note) ?? CaptionFamily.reason(metric)
    }

    private static func cider(
        _ variant: CIDEr.Variant, _ candidates: CandidateCaptions, _ corpus: ReferenceCorpus,
        _ frequencies: DocumentFrequencies?
    ) -> (any CorpusScorer)? {
        guard let frequencies else {
            return corpus.imageCount > 1 ? CorpusCIDEr(variant, candidates, corpus) : nil
        }
        let scores = CIDEr(variant, candidates, corpus).scores(frequencies.weights(of: corpus))
        return MeanScore(scores: scores, note: variant.note(frequencies: frequencies.source))
    }

    /// Why a family has no scores.
    private static func reason(_ metric: CaptionMetric) -> String {
        switch metric {
        case .cider, .plainCIDEr:
            "undefined: one image gives every n-gram the weight log(1/1) = 0; name a file of frequencies"
        case .meteor: "not computed: METEOR's own data were not given"
        case .spice: "not computed: it needs a parser of English, which is not part of this package"
        default: "not computed"
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
        let samples = bootstrap.samples(of: imageCount) { group in
            let scores = scorers.map { system in system.map { $0.1(group) } }
            return group.indices.map { place in scores.map { system in system.flatMap { $0[place] } } }
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
