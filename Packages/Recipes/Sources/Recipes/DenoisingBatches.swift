import BLIP2
import Configuration
import Datasets
import Foundation
import JSON
import Layers
import Tensors
import TextTokenizers
import Training

extension SentencePieceTokenizer {
    /// The id that fills rows. Throws an error that names the folder if there is none.
    func paddingID(in folder: String) throws -> Int32 {
        guard let id = specialTokens.padding else {
            throw FileError(file: folder, problem: "its tokenizer lacks <pad>")
        }
        return id
    }
}

/// The texts of each task that has a share of the texts, by the name of its loss; nil if there are none in this batch.
struct DenoisingBatch {
    let texts: [(loss: String, text: TargetText?)]

    /// How many tokens are to be written.
    var labelCount: Int { texts.reduce(0) { $0 + ($1.text?.labelCount ?? 0) } }
}

/// What is asked of a text.
struct DenoisingTask: Sendable {
    /// What is read and what is to be written, both ended.
    private struct Sample {
        let reading: [Int32]
        let writing: [Int32]
    }

    /// Which tasks in which shares.
    struct Options: Configurable {
        /// The share of texts that are to be gone on with; of the others runs of tokens are taken out.
        let continuationShare: Double
        /// How many other sentences of the text are read at most before one that is to be gone on with.
        let contextSentences: Int
        /// The words that end a question.
        let questionEnd: String?

        init(from section: ConfigurationSection) throws {
            continuationShare = try section.value("continuation_share", default: 0.5)
            contextSentences = try section.value("context_sentences", default: 3)
            questionEnd = try section.optional("question_end")
            if !(0...1 ~= continuationShare) {
                throw section.error("continuation_share", "is \(continuationShare), wanted 0 to 1")
            }
            if contextSentences < 0 {
                throw section.error("context_sentences", "is \(contextSentences), wanted at least 0")
            }
            if questionEnd?.isEmpty == true { throw section.error("question_end", "is empty, wanted words") }
        }
    }

    private let tokenizer: SentencePieceTokenizer
    private let corruption: SpanCorruption
    private let padding: Int32
    private let end: Int32
    private let textLimit: Int
    private let options: Options

    init(_ tokenizer: SentencePieceTokenizer, folder: String, textLimit: Int, options: Options) throws {
        let sentinels = (0..<100).map { tokenizer.id(of: "<extra_id_\($0)>") }.prefix { $0 != nil }.compactMap { $0 }
        guard !sentinels.isEmpty, let end = tokenizer.specialTokens.end else {
            throw FileError(
                file: folder, problem: "its tokenizer lacks T5's sentinels, of which <extra_id_0> is the first")
        }
        self.tokenizer = tokenizer
        self.end = end
        padding = try tokenizer.paddingID(in: folder)
        corruption = SpanCorruption(sentinels: sentinels)
        self.textLimit = textLimit
        self.options = options
    }

    /// What is asked of documents, the first of which is the sample of this number. A sample's number in the whole run
    /// decides what is asked of it, so that it does not matter how many processes divide a batch.
    func batch(_ documents: [[String]], firstSample: Int, _ key: RandomKey) -> DenoisingBatch {
        var (continuations, spans): ([Sample], [Sample]) = ([], [])
        for (sample, document) in zip(firstSample..., documents) {
            var draws = RandomSequence(key.child(UInt64(sample)))
            let share = options.continuationShare
            if Int(Double(sample + 1) * share) > Int(Double(sample) * share) {
                continuations.append(continuation(document, &draws))
            } else {
                spans.append(self.spans(document, &draws))
            }
        }
        let texts = [
            (share: options.continuationShare, loss: "loss_continuation", samples: continuations),
            (share: 1 - options.continuationShare, loss: "loss_spans", samples: spans),
        ]
        return DenoisingBatch(texts: texts.filter { $0.share > 0 }.map { ($0.loss, batch($0.samples)) })
    }

    /// Other sentences and the beginning of one are read, the rest of that one is to be written.
    private func continuation(_ document: [String], _ draws: inout RandomSequence) -> Sample {
        let place = Int.random(in: document.indices, using: &draws)
        let cut = cut(document[place], &draws)
        let before = (context(of: place, in: document, &draws) + [cut.beginning]).joined(separator: " ")
        // Of what stands before, the end is what matters.
        return Sample(
            reading: tokens(before).suffix(textLimit - 1) + [end],
            writing: tokens(cut.rest).prefix(textLimit - 1) + [end])
    }

    /// Some of the other sentences in random order: one at least, if any is wanted and there.
    private func context(of place: Int, in document: [String], _ draws: inout RandomSequence) -> [String] {
        let others = document.indices.filter { $0 != place }.shuffled(using: &draws)
        let most = min(options.contextSentences, others.count)
        return others.prefix(most == 0 ? 0 : Int.random(in: 1...most, using: &draws)).map { document[$0] }
    }

    /// Half of the sentence is read at most, as in stage 2, or nothing. Every second question is read whole, so that its
    /// answer is what remains; of the others one word at least, so that who reads no beginning is not asked for a question.
    private func cut(_ sentence: String, _ draws: inout RandomSequence) -> SplitSentence {
        let question = options.questionEnd.flatMap { SplitSentence(sentence, behind: $0) }
        if let question, Bool.random(using: &draws) { return question }
        let limit = SplitSentence.wordCounts(inCaptioning: sentence).upperBound
        return SplitSentence(
            sentence, afterWords: Int.random(in: (question == nil ? 0 : 1)...limit, using: &draws))
    }

    /// What is left of the sentences is read, the runs of tokens that were taken out are to be written.
    private func spans(_ document: [String], _ draws: inout RandomSequence) -> Sample {
        let all = tokens(document.joined(separator: " "))
        let start = Int.random(in: 0...max(all.count - textLimit + 1, 0), using: &draws)
        let (reading, writing) = corruption(Array(all[start...].prefix(textLimit - 1)), using: &draws)
        return Sample(reading: reading + [end], writing: writing + [end])
    }

    private func tokens(_ text: String) -> [Int32] { tokenizer.encode(text, addingSpecialTokens: false) }

    /// Samples as a batch; nil for none.
    private func batch(_ samples: [Sample]) -> TargetText? {
        samples.isEmpty
            ? nil : TargetText(reading: padded(samples.map(\.reading)), writing: padded(samples.map(\.writing)))
    }

    /// Rows of unequal length with padding behind them.
    private func padded(_ rows: [[Int32]]) -> MaskedTokens {
        let width = rows.map(\.count).max() ?? 0
        return MaskedTokens(
            ids: IndexTensor(rows: rows.map { $0 + Array(repeating: padding, count: width - $0.count) }),
            mask: IndexTensor(rows: rows.map { row in (0..<width).map { $0 < row.count ? 1 : 0 } }))
    }
}

extension SplitSentence {
    /// Cuts a sentence behind the first place where it has these words; nil if it has them nowhere.
    fileprivate init?(_ sentence: String, behind end: String) {
        let words = sentence.split(separator: " ", omittingEmptySubsequences: false)
        let wanted = end.split(separator: " ")
        guard let place = words.indices.first(where: { words[$0...].starts(with: wanted) }) else { return nil }
        self.init(sentence, afterWords: place + wanted.count)
    }
}

/// Documents of consecutive sentences in random order; what is asked of each is drawn anew in every epoch.
struct DenoisingBatches: BatchSource {
    private let sentences: Sentences
    private let configuration: SentencesConfiguration
    private let task: DenoisingTask
    private let key: RandomKey
    private var order: BatchOrder

    init(
        _ configuration: SentencesConfiguration, _ task: DenoisingTask, batchSize: Int, seed: Int, _ shard: Shard
    ) throws {
        sentences = try Sentences(contentsOf: URL(fileURLWithPath: configuration.file))
        let count = sentences.count / configuration.sentencesPerDocument
        try requireSamples(
            count, "documents of \(configuration.sentencesPerDocument) sentences", batchSize * shard.count,
            configuration.file)
        self.configuration = configuration
        self.task = task
        key = RandomKey(seed: UInt64(seed)).child("denoising")
        order = BatchOrder(
            SampleOrder(sampleCount: count, key: RandomKey(seed: UInt64(seed)).child("documents")),
            batchSize: batchSize, shard: shard)
    }

    var batchSize: Int { order.batchSize }
    var batchesPerEpoch: Int { order.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> DenoisingBatch {
        let documents = try order.samples(ofBatch: number).map(document)
        return task.batch(documents, firstSample: order.position(ofBatch: number), key)
    }

    private func document(_ number: Int) throws -> [String] {
        let length = configuration.sentencesPerDocument
        return try (number * length..<(number + 1) * length).map { number in
            let text = try sentences.sentence(number)
            return configuration.text?(text) ?? text
        }
    }
}
