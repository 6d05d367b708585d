import BERT
import Configuration
import LanguageModels
import VisionEncoder

/// The section `vision`: the sizes of an image encoder that is made from nothing.
struct VisionSection: Configurable {
    let configuration: ViTConfiguration

    init(from section: ConfigurationSection) throws {
        let standard = ViTConfiguration.tiny
        configuration = ViTConfiguration(
            imageSize: try section.value("image_size", default: standard.imageSize),
            patchSize: try section.value("patch_size", default: standard.patchSize),
            width: try section.value("width", default: standard.width),
            layerCount: try section.value("layers", default: standard.layerCount),
            headCount: try section.value("heads", default: standard.headCount),
            feedForwardWidth: try section.value("hidden_width", default: standard.feedForwardWidth),
            initializerRange: try section.value("initializer_range", default: standard.initializerRange))
        try section.requireHeads(configuration.headCount, width: configuration.width)
        if configuration.patchSize < 1 || configuration.imageSize % configuration.patchSize != 0 {
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
            width: try section.value("width", default: standard.width),
            layerCount: try section.value("layers", default: standard.layerCount),
            headCount: try section.value("heads", default: standard.headCount),
            feedForwardWidth: try section.value("hidden_width", default: standard.feedForwardWidth),
            positionCount: try section.value("positions", default: standard.positionCount),
            dropoutRate: try section.value("dropout", default: standard.dropoutRate),
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
            width: try section.value("width", default: standard.width),
            layerCount: try section.value("layers", default: standard.layerCount),
            headCount: try section.value("heads", default: standard.headCount),
            feedForwardWidth: try section.value("hidden_width", default: standard.feedForwardWidth),
            positionCount: try section.value("positions", default: standard.positionCount),
            dropoutRate: try section.value("dropout", default: standard.dropoutRate),
            initializerRange: try section.value("initializer_range", default: standard.initializerRange))
        try section.requireHeads(configuration.headCount, width: configuration.width)
    }
}

extension ConfigurationSection {
    /// The whole number of a key.
    ///
    /// - Throws: `ConfigurationError` that names the key if the number is out of range.
    func count(_ key: String, default count: Int, in range: ClosedRange<Int>) throws -> Int {
        let count = try value(key, default: count)
        guard range.contains(count) else {
            throw error(key, "is \(count), wanted \(range.lowerBound) to \(range.upperBound)")
        }
        return count
    }

    func requireHeads(_ headCount: Int, width: Int) throws {
        if headCount < 1 || width < 1 || width % headCount != 0 {
            throw error("heads", "is \(headCount), which does not divide the width \(width)")
        }
    }
}
