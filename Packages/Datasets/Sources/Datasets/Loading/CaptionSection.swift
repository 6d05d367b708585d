import Configuration
import Foundation
import Images
import JSON
import Tensors

/// The section of a configuration that describes pictures with captions: one set, or several under `sets`; what becomes
/// of pictures and captions; and how they are loaded.
public struct CaptionSection: Configurable, Sendable {
    /// The sets by name; one that stands in the section itself has none.
    public var sets: [(name: String, set: CaptionSetSection)]
    /// What becomes of a picture.
    public var processor: PictureProcessor
    /// What becomes of a caption.
    public var text: CaptionText
    /// The memory for decoded pictures that are kept, in bytes.
    public var cacheByteLimit: Int
    /// The share of the samples that may be unreadable.
    public var unreadableShare: Double

    /// Whether decoded pictures are kept.
    private enum Cache: String, CaseIterable, ConfigurationValue {
        case none
        case decoded
    }

    /// Reads the section. Throws a `ConfigurationError` that names the key that is missing or wrong.
    public init(from section: ConfigurationSection) throws {
        let named = try section.named("sets", as: CaptionSetSection.self)
        sets = named.isEmpty ? [("", try CaptionSetSection(from: section))] : named.map { ($0.name, $0.value) }
        processor = try PictureProcessor(from: section)
        let wordLimit = try section.value("max_words", default: 50)
        guard wordLimit >= 1 else { throw section.error("max_words", "is \(wordLimit), wanted at least 1") }
        text = CaptionText(prompt: try section.value("prompt", default: ""), wordLimit: wordLimit)
        let megabytes = try section.value("cache_megabytes", default: 1024)
        guard (0...(1 << 24)).contains(megabytes) else {
            throw section.error("cache_megabytes", "is \(megabytes), wanted 0 to \(1 << 24)")
        }
        cacheByteLimit = try section.value("cache", default: Cache.decoded) == .decoded ? megabytes << 20 : 0
        unreadableShare = try section.value("unreadable_share", default: 0)
        guard (0...1).contains(unreadableShare) else {
            throw section.error("unreadable_share", "is \(unreadableShare), wanted 0 to 1")
        }
    }

    /// Opens the sets. Throws an error that names the file that is missing or wrong.
    public func open() throws -> ConcatenatedCaptions { ConcatenatedCaptions(try sets.map { try $0.set.open() }) }

    /// The order of the samples: all of them shuffled together, or mixed where a set has a weight.
    func order(of source: ConcatenatedCaptions, key: RandomKey) -> any EpochOrder {
        guard sets.contains(where: { $0.set.weight != nil }) else {
            return SampleOrder(sampleCount: source.count, key: key)
        }
        return MixedOrder(counts: source.parts.map(\.count), weights: sets.map { $0.set.weight ?? 1 }, key: key)
    }

    /// A loader of the section's batches.
    ///
    /// - Parameters:
    ///   - batchSize: samples in a batch of this process
    ///   - seed: what all draws descend from
    ///   - threadCount: threads that decode pictures
    ///   - shard: this process's part of each batch
    /// - Throws: an error that names the file that is missing or wrong, or that holds less than a batch.
    public func loader(
        batchSize: Int, seed: Int, threadCount: Int, shard: Shard = .whole
    ) throws -> CaptionLoader {
        let source = try open()
        let key = RandomKey(seed: UInt64(seed))
        let order = order(of: source, key: key.child("pairs"))
        guard order.sampleCount >= batchSize * shard.count else {
            throw FileError(
                file: source.name,
                problem: "holds \(order.sampleCount) captions, fewer than a batch of \(batchSize * shard.count)")
        }
        return CaptionLoader(
            source, order: BatchOrder(order, batchSize: batchSize, shard: shard), processor: processor, text: text,
            key: key.child("augmentation"),
            options: LoadingOptions(
                threadCount: threadCount, cacheByteLimit: cacheByteLimit, unreadableShare: unreadableShare))
    }
}

/// A set of pictures with captions.
public struct CaptionSetSection: Configurable, Sendable {
    /// Where the set lies.
    public enum Place: Hashable, Sendable {
        /// A list of captions, and the folder that its pictures' paths start from.
        case annotations(URL, images: URL)
        /// A folder of one's own, with text files beside the pictures.
        case folder(URL)
        /// WebDataset's tar files, as `WebDatasetCaptions` takes them.
        case shards(String)
    }

    /// Where the set lies.
    public var place: Place
    /// How often samples are drawn from this set, in proportion to the others' weights; nil where sets are not mixed by
    /// weight.
    public var weight: Double?

    /// Reads the keys `annotations` and `images`, or `folder`, or `shards`; and `weight`.
    public init(from section: ConfigurationSection) throws {
        let folder = try section.optional("folder", as: String.self)
        let shards = try section.optional("shards", as: String.self)
        if let folder, shards == nil {
            place = .folder(URL(fileURLWithPath: folder))
        } else if let shards, folder == nil {
            place = .shards(shards)
        } else if folder != nil {
            throw section.error("folder", "stands beside shards; one of them is wanted")
        } else {
            place = .annotations(
                URL(fileURLWithPath: try section.required("annotations")),
                images: URL(fileURLWithPath: try section.required("images")))
        }
        weight = try section.optional("weight")
        if let weight, weight <= 0 { throw section.error("weight", "is \(weight), wanted a number above 0") }
    }

    /// Opens the set. Throws an error that names the file that is missing or wrong.
    public func open() throws -> any CaptionSource {
        switch place {
        case .annotations(let file, let images):
            // The ending that a compressed file has before `.gz` counts.
            let plain = file.pathExtension.lowercased() == "gz" ? file.deletingPathExtension() : file
            return ["csv", "tsv"].contains(plain.pathExtension.lowercased())
                ? try TableCaptions(contentsOf: file, imagesIn: images)
                : try AnnotatedCaptions(contentsOf: file, imagesIn: images)
        case .folder(let folder): return try FolderCaptions(folder)
        case .shards(let pattern): return try WebDatasetCaptions(pattern)
        }
    }
}
