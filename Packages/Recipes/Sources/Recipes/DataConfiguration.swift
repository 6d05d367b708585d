import Configuration
import Datasets
import Foundation
import Images
import JSON
import Layers
import Tensors
import TextTokenizers
import Training

/// The section of a set of pictures with captions.
struct PairsConfiguration: Configurable {
    var annotations: String
    var images: String
    var imageSize: Int
    var text: CaptionText
    var cacheByteLimit: Int

    init(from section: ConfigurationSection) throws {
        annotations = try section.required("annotations")
        images = try section.required("images")
        imageSize = try section.required("image_size")
        text = CaptionText(
            prompt: try section.value("prompt", default: ""), wordLimit: try section.value("max_words", default: 50))
        cacheByteLimit = try section.value("cache_megabytes", default: 1024) << 20
        if imageSize < 1 { throw section.error("image_size", "is \(imageSize), wanted at least 1") }
    }
}

/// The section `datasets` of a recipe that trains on pictures with captions.
struct PairsSection: Configurable {
    var pairs: PairsConfiguration

    init(from section: ConfigurationSection) throws { pairs = try section.required("pairs") }
}

/// The section `datasets` of a recipe that trains on sentences.
struct SentencesSection: Configurable {
    var sentences: SentencesConfiguration

    init(from section: ConfigurationSection) throws { sentences = try section.required("sentences") }
}

/// The section of a set of sentences without pictures.
struct SentencesConfiguration: Configurable {
    var file: String
    var text: CaptionText?
    /// How many consecutive sentences belong together where sentences are packed.
    var sentencesPerDocument: Int

    init(from section: ConfigurationSection) throws {
        file = try section.required("file")
        sentencesPerDocument = try section.value("sentences_per_document", default: 1)
        if sentencesPerDocument < 1 {
            throw section.error("sentences_per_document", "is \(sentencesPerDocument), wanted at least 1")
        }
        let isProcessed = try section.value("blip_caption", default: true)
        text = isProcessed ? CaptionText() : nil
    }
}

/// Pictures with a caption each, as a batch.
struct CaptionedPictures {
    /// Normalised pixels, `[batch, 3, size, size]`.
    let pixels: Tensor
    /// The prepared captions.
    let captions: [String]
}

/// Batches of pictures with captions, in seeded epochs over the pairs.
struct PairBatches: BatchSource {
    private let pairs: [CaptionPair]
    private let pictures: PictureStore
    private let text: CaptionText
    private var order: BatchOrder

    init(_ configuration: PairsConfiguration, batchSize: Int, seed: Int) throws {
        let folder = URL(fileURLWithPath: configuration.images)
        pairs = try CaptionPairs(
            contentsOf: URL(fileURLWithPath: configuration.annotations), imagesIn: folder
        ).pairs
        try requireSamples(pairs.count, "captions", batchSize, configuration.annotations)
        pictures = PictureStore(
            folder: folder, processor: EvaluationProcessor(size: configuration.imageSize),
            byteLimit: configuration.cacheByteLimit)
        text = configuration.text
        order = BatchOrder(
            SampleOrder(sampleCount: pairs.count, key: RandomKey(seed: UInt64(seed)).child("pairs")),
            batchSize: batchSize)
    }

    var batchSize: Int { order.batchSize }
    var batchesPerEpoch: Int { order.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> CaptionedPictures {
        let chosen = order.samples(ofBatch: number).map { pairs[$0] }
        return CaptionedPictures(
            pixels: try pictures.pixels(of: chosen.map(\.image)), captions: chosen.map { text($0.caption) })
    }
}

/// Batches of sentences.
struct SentenceBatches: BatchSource {
    private let texts: [String]
    private let text: CaptionText?
    private var order: BatchOrder

    init(_ configuration: SentencesConfiguration, batchSize: Int, seed: Int) throws {
        texts = try Sentences(contentsOf: URL(fileURLWithPath: configuration.file)).texts
        try requireSamples(texts.count, "sentences", batchSize, configuration.file)
        text = configuration.text
        order = BatchOrder(
            SampleOrder(sampleCount: texts.count, key: RandomKey(seed: UInt64(seed)).child("sentences")),
            batchSize: batchSize)
    }

    var batchSize: Int { order.batchSize }
    var batchesPerEpoch: Int { order.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> [String] {
        order.samples(ofBatch: number).map { index in text.map { $0(texts[index]) } ?? texts[index] }
    }
}

/// Throws an error that names the file if there are fewer samples than a batch holds.
func requireSamples(_ count: Int, _ kind: String, _ batchSize: Int, _ file: String) throws {
    if count < batchSize {
        throw FileError(file: file, problem: "holds \(count) \(kind), fewer than a batch of \(batchSize)")
    }
}
