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
        batchSize = try section.count("batch_size_eval", default: 16)
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
        batchSize = try section.count("batch_size_eval", default: 16)
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
        candidateCount = try section.count("k_test", default: 128)
        batchSize = try section.count("batch_size_eval", default: 32)
    }
}

extension CaptionMetric: ConfigurationValue {}

extension ConfigurationSection {
    /// A number of at least 1.
    fileprivate func count(_ key: String, default standard: Int) throws -> Int {
        let count = try value(key, default: standard)
        if count < 1 { throw error(key, "is \(count), wanted at least 1") }
        return count
    }

    /// How texts are written, by the reference's names.
    fileprivate func writing(_ standard: VisionLanguageParts.Options) throws -> VisionLanguageParts.Options {
        var options = standard
        options.beamCount = try count("num_beams", default: standard.beamCount)
        options.maximumLength = try count("max_len", default: standard.maximumLength)
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
