import Checkpoints
import Foundation
import JSON
import LanguageModels
import VisionEncoder

/// How much memory a captioner takes, told from `config.json` and the heads of the weights' files alone.
public struct MemoryEstimate: Sendable {
    /// A part of the model.
    public struct Part: Sendable, Hashable {
        /// What it is.
        public let name: String
        /// Numbers that were learned.
        public let parameterCount: Int
        /// Bytes in the types that the weights are kept in; without columns that int8 keeps apart on loading, which take
        /// a few percent more where there are any.
        public let bytes: Int
    }

    /// The parts of the model.
    public let parts: [Part]
    /// Bytes of the keys and values of all beams at their longest.
    public let cacheBytes: Int
    /// Bytes of what is computed and given back, at most at once.
    public let activationBytes: Int

    /// Bytes of all weights.
    public var weightBytes: Int { parts.reduce(0) { $0 + $1.bytes } }
    /// Bytes at most at once. The weights' pages are counted in full, those of mapped files like those of own memory.
    public var peakBytes: Int { weightBytes + cacheBytes + activationBytes }

    /// An estimate for a folder.
    ///
    /// - Parameters:
    ///   - directory: a captioner's folder
    ///   - batchSize: pictures that are read together
    ///   - options: how texts are written
    ///   - imageSize: pixels to a side of the pictures; nil for the model's own
    ///   - formats: the types that weights are kept in
    /// - Throws: an error that names the file and the key that are missing or wrong.
    public init(
        directory: URL, batchSize: Int, options: VisionLanguageParts.Options, imageSize: Int? = nil,
        formats: WeightFormats = .stored
    ) throws {
        let folder = ModelDirectory(directory)
        var configuration = try folder.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        try configuration.vision.take(imageSize: imageSize, of: directory.path)
        let copies = Set(configuration.language.copies.map { "language_model.\($0)" })
        parts = Self.parts(try folder.weights(), without: copies, formats)
        let rows = Double(batchSize) * Double(options.sampling == nil ? options.beamCount : options.count)
        let prefix = configuration.queryCount + Self.promptCount
        let prefixRows = Self.sharesPrefix(configuration.language) ? Double(batchSize) : rows
        let tokens = rows * Double(options.maximumLength) + prefixRows * Double(prefix)
        cacheBytes = Self.bytes(tokens * Double(Self.cacheWidth(configuration.language)))
        activationBytes = Self.bytes(
            max(
                Self.visionCount(configuration.vision, batchSize),
                rows * Double(Self.languageCount(configuration.language, prefix))))
    }

    /// Bytes of float32 numbers; what no machine has counts as 2^60, so that sums do not overflow.
    private static func bytes(_ count: Double) -> Int { Int(min(4 * count, 0x1p60)) }

    /// Tokens of a prompt, about.
    private static let promptCount = 8

    /// The parts by the first words of their tensors' names, in the order in which pictures pass them.
    private static let names: [(part: String, firstWords: [String])] = [
        ("image encoder", ["vision_model"]), ("Q-Former", ["query_tokens", "qformer"]),
        ("projection", ["language_projection"]), ("language model", ["language_model"]),
    ]

    private static func parts(
        _ checkpoint: any StoredCheckpoint, without copies: Set<String>, _ formats: WeightFormats
    ) -> [Part] {
        names.map { part, firstWords in
            let own = checkpoint.names.filter {
                firstWords.contains(String($0.prefix { $0 != "." })) && !copies.contains($0)
            }
            return Part(
                name: part, parameterCount: own.reduce(0) { $0 + (checkpoint.shape(of: $1)?.count ?? 0) },
                bytes: own.reduce(0) { $0 + byteCount(of: $1, in: checkpoint, formats) })
        }
    }

    private static func byteCount(
        of name: String, in checkpoint: any StoredCheckpoint, _ formats: WeightFormats
    ) -> Int {
        guard let shape = checkpoint.shape(of: name), shape.rank == 2, let format = formats.format(of: name),
            checkpoint.type(of: name) != StoredType(format)
        else { return checkpoint.byteCount(of: name) }
        return format.byteCount(of: shape)
    }

    /// Whether the texts about a picture have the keys and values of what stands in front of them together.
    private static func sharesPrefix(_ language: LanguageConfiguration) -> Bool {
        switch language {
        case .opt: true
        case .t5: false
        }
    }

    /// Numbers that are kept of a token: a key and a value in each layer.
    private static func cacheWidth(_ language: LanguageConfiguration) -> Int {
        switch language {
        case .opt(let opt): 2 * opt.layerCount * opt.width
        case .t5(let t5): 2 * t5.decoderLayerCount * t5.headCount * t5.headWidth
        }
    }

    /// Numbers of pictures: a block's states and its widest inner state, and the scores of one picture.
    private static func visionCount(_ vision: ViTConfiguration, _ batch: Int) -> Double {
        let states = vision.tokenCount * (6 * vision.width + vision.feedForwardWidth)
        return Double(batch) * Double(states) + Double(vision.headCount * vision.tokenCount * vision.tokenCount)
    }

    /// Numbers of a row: the same of a language model's prompt, and logits.
    private static func languageCount(_ language: LanguageConfiguration, _ prefix: Int) -> Int {
        let (width, hidden) =
            switch language {
            case .opt(let opt): (opt.width, opt.feedForwardWidth)
            case .t5(let t5): (t5.width, 2 * t5.feedForwardWidth)
            }
        return prefix * (6 * width + hidden) + 3 * language.vocabularyCount
    }

    /// A table for a reader.
    public var lines: [String] {
        parts.map { "\($0.name): \($0.parameterCount) parameters, \($0.bytes) bytes" } + [
            "weights: \(weightBytes) bytes", "keys and values: \(cacheBytes) bytes",
            "activations: \(activationBytes) bytes", "peak: \(peakBytes) bytes",
        ]
    }

    /// The same for a machine.
    public var tree: JSONTree {
        [
            "parts": .array(
                parts.map {
                    ["name": .string($0.name), "parameters": .integer($0.parameterCount), "bytes": .integer($0.bytes)]
                }),
            "weights": .integer(weightBytes), "cache": .integer(cacheBytes), "activations": .integer(activationBytes),
            "peak": .integer(peakBytes),
        ]
    }
}
