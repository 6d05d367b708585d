import BLIP2
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

/// What is asked of a text.
struct DenoisingTask: Sendable {
    private let tokenizer: SentencePieceTokenizer
    private let corruption: SpanCorruption
    private let padding: Int32
    private let end: Int32
    private let textLimit: Int
    private let continuationShare: Double

    init(
        _ tokenizer: SentencePieceTokenizer, folder: String, textLimit: Int, continuationShare: Double
    ) throws {
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
        self.continuationShare = continuationShare
    }

    /// What is read and what is to be written of a document, both ended.
    func sample(_ document: [String], _ draws: inout RandomSequence) -> (reading: [Int32], writing: [Int32]) {
        Double.random(in: 0..<1, using: &draws) < continuationShare
            ? continued(document, &draws) : corrupted(document, &draws)
    }

    /// The sentences up to the middle of one of them, and the rest of that one.
    private func continued(
        _ document: [String], _ draws: inout RandomSequence
    ) -> (reading: [Int32], writing: [Int32]) {
        let place = Int.random(in: document.indices, using: &draws)
        let limit = SplitSentence.wordCounts(inCaptioning: document[place]).upperBound
        let cut = SplitSentence(document[place], afterWords: Int.random(in: 0...limit, using: &draws))
        let before = (document[..<place] + [cut.beginning]).joined(separator: " ")
        // Of what stands before, the end is what matters.
        return (tokens(before).suffix(textLimit - 1) + [end], tokens(cut.rest).prefix(textLimit - 1) + [end])
    }

    private func corrupted(
        _ document: [String], _ draws: inout RandomSequence
    ) -> (reading: [Int32], writing: [Int32]) {
        let all = tokens(document.joined(separator: " "))
        let start = Int.random(in: 0...max(all.count - textLimit + 1, 0), using: &draws)
        let (reading, writing) = corruption(Array(all[start...].prefix(textLimit - 1)), using: &draws)
        return (reading + [end], writing + [end])
    }

    private func tokens(_ text: String) -> [Int32] { tokenizer.encode(text, addingSpecialTokens: false) }

    /// Rows of unequal length with padding behind them.
    func padded(_ rows: [[Int32]]) -> MaskedTokens {
        let width = rows.map(\.count).max() ?? 0
        return MaskedTokens(
            ids: IndexTensor(rows: rows.map { $0 + Array(repeating: padding, count: width - $0.count) }),
            mask: IndexTensor(rows: rows.map { row in (0..<width).map { $0 < row.count ? 1 : 0 } }))
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

    mutating func batch(_ number: Int) throws -> TargetText {
        let first = order.position(ofBatch: number)
        let length = configuration.sentencesPerDocument
        let samples = try order.samples(ofBatch: number).enumerated().map { place, document in
            let texts = try (document * length..<(document + 1) * length).map { number in
                let text = try sentences.sentence(number)
                return configuration.text?(text) ?? text
            }
            var draws = RandomSequence(key.child(UInt64(first + place)))
            return task.sample(texts, &draws)
        }
        return TargetText(
            reading: task.padded(samples.map(\.reading)), writing: task.padded(samples.map(\.writing)))
    }
}
