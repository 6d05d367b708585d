import BERT
import Configuration
import LanguageModels
import VisionEncoder

/// How large the parts of a model may be that is made from nothing.
enum SizeLimits {
    static let width = 1...32_768
    static let feedForwardWidth = 1...131_072
    static let layers = 1...512
    static let heads = 1...1024
    static let positions = 1...1_048_576
    static let imageSize = 1...4096
}

/// The section `vision`: the sizes of an image encoder that is made from nothing.
struct VisionSection: Configurable {
    let configuration: ViTConfiguration

    init(from section: ConfigurationSection) throws {
        let standard = ViTConfiguration.tiny
        configuration = ViTConfiguration(
            imageSize: try section.value("image_size", default: standard.imageSize, in: SizeLimits.imageSize),
            patchSize: try section.value("patch_size", default: standard.patchSize, in: SizeLimits.imageSize),
            width: try section.value("width", default: standard.width, in: SizeLimits.width),
            layerCount: try section.value("layers", default: standard.layerCount, in: SizeLimits.layers),
            headCount: try section.value("heads", default: standard.headCount, in: SizeLimits.heads),
            feedForwardWidth: try section.value(
                "hidden_width", default: standard.feedForwardWidth, in: SizeLimits.feedForwardWidth),
            initializerRange: try section.value("initializer_range", default: standard.initializerRange))
        try section.requireHeads(configuration.headCount, width: configuration.width)
        if configuration.imageSize % configuration.patchSize != 0 {
            throw section.error("patch_size", "does not divide image_size \(configuration.imageSize)")
        }
    }
}

/// The section `text`: the sizes of a BERT encoder that is made from nothing. The vocabulary is the tokenizer's.
struct TextSection: Configurable {
    let configuration: BERTConfiguration

    init(from section: ConfigurationSection) throws {
        let standard = BERTConfiguration.tiny
        configuration = BERTConfiguration(
            vocabularyCount: standard.vocabularyCount,
            width: try section.value("width", default: standard.width, in: SizeLimits.width),
            layerCount: try section.value("layers", default: standard.layerCount, in: SizeLimits.layers),
            headCount: try section.value("heads", default: standard.headCount, in: SizeLimits.heads),
            feedForwardWidth: try section.value(
                "hidden_width", default: standard.feedForwardWidth, in: SizeLimits.feedForwardWidth),
            positionCount: try section.value("positions", default: standard.positionCount, in: SizeLimits.positions),
            dropoutRate: try section.rate("dropout", default: standard.dropoutRate),
            initializerRange: try section.value("initializer_range", default: standard.initializerRange))
        try section.requireHeads(configuration.headCount, width: configuration.width)
    }
}

/// The section `language`: the sizes of an OPT that is made from nothing. The vocabulary is the tokenizer's.
struct LanguageSection: Configurable {
    let configuration: OPTConfiguration

    init(from section: ConfigurationSection) throws {
        let standard = OPTConfiguration.tiny(vocabularyCount: 1)
        configuration = OPTConfiguration(
            vocabularyCount: standard.vocabularyCount,
            width: try section.value("width", default: standard.width, in: SizeLimits.width),
            layerCount: try section.value("layers", default: standard.layerCount, in: SizeLimits.layers),
            headCount: try section.value("heads", default: standard.headCount, in: SizeLimits.heads),
            feedForwardWidth: try section.value(
                "hidden_width", default: standard.feedForwardWidth, in: SizeLimits.feedForwardWidth),
            positionCount: try section.value("positions", default: standard.positionCount, in: SizeLimits.positions),
            dropoutRate: try section.rate("dropout", default: standard.dropoutRate),
            initializerRange: try section.value("initializer_range", default: standard.initializerRange))
        try section.requireHeads(configuration.headCount, width: configuration.width)
    }
}

extension ConfigurationSection {
    /// A rate of dropout, below 1.
    ///
    /// - Throws: `ConfigurationError` that names the key if the number is out of range.
    func rate(_ key: String, default standard: Float) throws -> Float {
        let rate = try value(key, default: standard)
        guard (0..<1).contains(rate) else { throw error(key, "is \(rate), wanted 0 to below 1") }
        return rate
    }

    func requireHeads(_ headCount: Int, width: Int) throws {
        if width % headCount != 0 {
            throw error("heads", "is \(headCount), which does not divide the width \(width)")
        }
    }
}
