import Configuration
import Datasets
import Foundation
import Images
import JSON
import Layers
import Tensors
import TextTokenizers
import Training

/// Where the batches of a run come from, and those that it is judged by, if there are any.
struct Sources<Source> {
    var training: Source
    var validation: Source?
}

/// The section `datasets` of a recipe that trains on pictures with captions. Under `validation` may stand an evaluation
/// list, by which the run is judged.
struct PairsSection: Configurable {
    let pairs: CaptionSection
    private let heldOut: HeldOut<EvaluationListSection>
    private let place: ConfigurationError

    init(from section: ConfigurationSection) throws {
        pairs = try section.required("pairs")
        heldOut = try HeldOut(section)
        place = section.error("pairs", "")
    }

    /// The list that the run is judged by.
    var validation: EvaluationListSection? { heldOut.set }

    /// The side of the pictures, in pixels.
    var imageSize: Int { pairs.processor.size }

    /// An error about `image_size`.
    func imageSizeError(_ problem: String) -> ConfigurationError {
        ConfigurationError(place: place.place, path: "datasets.pairs.image_size", problem: problem)
    }

    /// The batches of both sets.
    func sources<Source>(
        _ run: RunConfiguration, _ shard: Shard, _ make: (PairBatches) throws -> Source
    ) throws -> Sources<Source> {
        try heldOut.sources(run, of: make(PairBatches(pairs, run, shard))) {
            try make(PairBatches($0, processedAs: pairs, run))
        }
    }
}

/// The section `datasets` of a recipe that trains on sentences. Under `validation` may stand others, by which the run is
/// judged.
struct SentencesSection: Configurable {
    private let sentences: SentencesConfiguration
    private let heldOut: HeldOut<SentencesConfiguration>

    init(from section: ConfigurationSection) throws {
        sentences = try section.required("sentences")
        heldOut = try HeldOut(section)
    }

    /// The batches of both sets.
    func sources<Source>(
        _ run: RunConfiguration, _ shard: Shard, _ make: (SentencesConfiguration, Shard) throws -> Source
    ) throws -> Sources<Source> {
        try heldOut.sources(run, of: make(sentences, shard)) { try make($0, .whole) }
    }
}

/// The part `validation` of the section `datasets`.
private struct HeldOut<Section: Configurable> {
    let set: Section?
    private let missing: ConfigurationError

    init(_ section: ConfigurationSection) throws {
        set = try section.optional("validation")
        missing = section.error("validation", "is missing, and run.validation says how to judge by it")
    }

    /// The batches of training, and those of this set, which must be there if the run is to be judged.
    func sources<Source>(
        _ run: RunConfiguration, of training: @autoclosure () throws -> Source, _ make: (Section) throws -> Source
    ) throws -> Sources<Source> {
        if run.validation.isWanted && set == nil { throw missing }
        return Sources(training: try training(), validation: try set.map(make))
    }
}

/// The section of an evaluation list of pictures with captions.
struct EvaluationListSection: Configurable {
    var annotations: URL
    var images: URL

    init(from section: ConfigurationSection) throws {
        annotations = URL(fileURLWithPath: try section.required("annotations"))
        images = URL(fileURLWithPath: try section.required("images"))
    }
}

/// The section of a set of sentences without pictures.
struct SentencesConfiguration: Configurable {
    var file: String
    var text: CaptionText?
    /// How many consecutive sentences belong together where sentences are packed.
    var sentencesPerDocument: Int

    init(from section: ConfigurationSection) throws {
        file = try section.required("file")
        sentencesPerDocument = try section.value("sentences_per_document", default: 1, in: 1...1_000_000)
        let isProcessed = try section.value("blip_caption", default: true)
        text = isProcessed ? CaptionText() : nil
    }
}

/// Batches of pictures with captions, in seeded epochs over the pairs.
struct PairBatches: BatchSource {
    private var loader: CaptionLoader
    private let threadCount: Int
    private let shard: Shard
    private var madeCount = 0
    private var processorSeconds = 0.0

    init(_ section: CaptionSection, _ run: RunConfiguration, _ shard: Shard) throws {
        threadCount = run.loaderThreadCount
        self.shard = shard
        loader = try section.loader(
            batchSize: run.batchSize, seed: run.seed, threadCount: threadCount, shard: shard)
    }

    /// Batches of an evaluation list, its captions prepared as those of `pairs` and its pictures without random changes.
    /// They are made when they are asked for.
    init(_ list: EvaluationListSection, processedAs pairs: CaptionSection, _ run: RunConfiguration) throws {
        threadCount = 0
        shard = .whole
        let path = list.annotations.path
        let source = EvaluationCaptions(
            try EvaluationList(contentsOf: list.annotations, imagesIn: list.images), name: path)
        try requireSamples(source.count, "captions", run.batchSize, path)
        let key = RandomKey(seed: UInt64(run.seed)).child("validation")
        loader = CaptionLoader(
            source, order: BatchOrder(SampleOrder(sampleCount: source.count, key: key), batchSize: run.batchSize),
            processor: .evaluation(
                EvaluationProcessor(size: pairs.processor.size, normalization: pairs.processor.normalization)),
            text: pairs.text, key: key, options: LoadingOptions(threadCount: 0))
    }

    var batchSize: Int { loader.batchSize }
    var batchesPerEpoch: Int { loader.batchesPerEpoch }

    mutating func batch(_ number: Int) throws -> CaptionedPictureBatch { try loader.batch(number) }

    /// The number of a batch's first sample among those of all batches and processes.
    func firstSample(ofBatch number: Int) -> Int { (number * shard.count + shard.index) * batchSize }

    /// What loading cost for a step, and how many samples a second its threads can make on the whole.
    mutating func takeActivity() -> SourceActivity {
        let statistics = loader.takeStatistics()
        madeCount += statistics.itemCount * batchSize
        processorSeconds += statistics.processorSeconds
        let rate = Double(madeCount * max(threadCount, 1)) / max(processorSeconds, 1e-9)
        return SourceActivity(
            measures: [
                .init("loader_samples_per_second", rate),
                .init("loader_processor_seconds", statistics.processorSeconds),
                .init("loader_wait_seconds", statistics.waitSeconds),
            ], problems: loader.takeUnreadable().map(\.description))
    }
}

/// Batches of sentences.
struct SentenceBatches: BatchSource {
    private let sentences: Sentences
    private let text: CaptionText?
    private var order: BatchOrder

    init(_ configuration: SentencesConfiguration, batchSize: Int, seed: Int, _ shard: Shard) throws {
        sentences = try Sentences(contentsOf: URL(fileURLWithPath: configuration.file))
        try requireSamples(sentences.count, "sentences", batchSize * shard.count, configuration.file)
        text = configuration.text
        order = BatchOrder(
            SampleOrder(sampleCount: sentences.count, key: RandomKey(seed: UInt64(seed)).child("sentences")),
            batchSize: batchSize, shard: shard)
    }

    var batchSize: Int { order.batchSize }
    var batchesPerEpoch: Int { order.batchesPerEpoch }

    /// The number of a batch's first sample among those of all batches and processes.
    func firstSample(ofBatch number: Int) -> Int { order.position(ofBatch: number) }

    mutating func batch(_ number: Int) throws -> [String] {
        try order.samples(ofBatch: number).map { index in
            let sentence = try sentences.sentence(index)
            return text.map { $0(sentence) } ?? sentence
        }
    }
}

/// Throws an error that names the file if there are fewer samples than a batch holds.
func requireSamples(_ count: Int, _ kind: String, _ batchSize: Int, _ file: String) throws {
    if count < batchSize {
        throw FileError(file: file, problem: "holds \(count) \(kind), fewer than a batch of \(batchSize)")
    }
}
