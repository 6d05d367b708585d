import BLIP2
import Configuration
import EvaluationMetrics

/// How captions are written and scored.
public struct CaptioningSettings: Sendable {
    /// How captions are written.
    public let writing: Captioner.Options
    /// Pictures that are captioned together.
    public let batchSize: Int
    /// Which scores are computed.
    public let metrics: Set<CaptionMetric>
    /// METEOR's data; nil where the environment names them, or for no METEOR.
    public let meteor: String?

    init(_ section: ConfigurationSection) throws {
        var writing = Captioner.Options()
        writing.text = try section.writing(writing.text)
        writing.prompt = try section.optional("prompt")
        self.writing = writing
        batchSize = try section.value("batch_size_eval", default: 16, in: 1...1_000_000)
        metrics = Set(try section.value("metrics", default: [CaptionMetric.bleu, .meteor, .rouge, .cider]))
        meteor = try section.optional("meteor")
    }
}

/// How questions are answered.
public struct AnsweringSettings: Sendable {
    /// How answers are written.
    public let writing: QuestionAnswerer.Options
    /// Questions that are answered together.
    public let batchSize: Int
    /// Whether questions are batched as the reference's are, whose padding counts.
    public let followsReferenceBatches: Bool
    /// Whether nouns and verbs of answers are put into their base forms before they are scored.
    public let lemmatizes: Bool

    init(_ section: ConfigurationSection) throws {
        var writing = QuestionAnswerer.Options()
        writing.text = try section.writing(writing.text)
        writing.template = try section.value("prompt", default: writing.template)
        if !writing.template.isEmpty && !writing.template.contains("{}") {
            throw section.error("prompt", "\"\(writing.template)\" has no {}, where the question goes")
        }
        followsReferenceBatches = try section.value("reference_batching", default: false)
        writing.countsPadding = followsReferenceBatches
        self.writing = writing
        batchSize = try section.value("batch_size_eval", default: 16, in: 1...1_000_000)
        lemmatizes = try section.value("apply_lemmatizer", default: false)
    }
}

/// How pairs are found.
public struct RetrievalSettings: Sendable {
    /// How many of the most similar are ranked by the head that sees picture and text together.
    public let candidateCount: Int
    /// Pictures, or pairs, that are read together.
    public let batchSize: Int

    init(_ section: ConfigurationSection) throws {
        candidateCount = try section.value("k_test", default: 128, in: 1...1_000_000)
        batchSize = try section.value("batch_size_eval", default: 32, in: 1...1_000_000)
    }
}

extension CaptionMetric: ConfigurationValue {}

extension ConfigurationSection {
    /// How texts are written, by the reference's names.
    fileprivate func writing(_ standard: VisionLanguageParts.Options) throws -> VisionLanguageParts.Options {
        var options = standard
        let limits = VisionLanguageParts.Options.self
        options.beamCount = try value("num_beams", default: standard.beamCount, in: limits.beamCounts)
        options.maximumLength = try value("max_len", default: standard.maximumLength, in: limits.lengths)
        options.minimumLength = try value("min_len", default: standard.minimumLength)
        options.lengthPenalty = try value("length_penalty", default: standard.lengthPenalty)
        options.repetitionPenalty = try value("repetition_penalty", default: standard.repetitionPenalty)
        options.unrepeatedRunLength = try value("no_repeat_ngram_size", default: standard.unrepeatedRunLength)
        for (key, value) in [
            ("min_len", options.minimumLength), ("no_repeat_ngram_size", options.unrepeatedRunLength),
        ] where value < 0 {
            throw error(key, "is \(value), wanted at least 0")
        }
        if options.repetitionPenalty <= 0 {
            throw error("repetition_penalty", "is \(options.repetitionPenalty), wanted a number above 0")
        }
        return options
    }
}
