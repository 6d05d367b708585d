import Foundation
import Images
import JSON
import TextTokenizers

/// What stands beside the weights in a converted folder: the tokenizer's files, how pictures are prepared, how texts are
/// generated.
struct CompanionFiles {
    /// The tokenizer; nil for a model without one.
    var tokenizer: (any Tokenizer)?
    /// How pictures are prepared; nil for a model that reads none.
    var processor: EvaluationProcessor?
    /// How texts are generated; nil for a model that writes none.
    var generation: GenerationSettings?

    func write(to folder: ModelDirectory) throws {
        try tokenizer?.save(to: folder.url)
        if let processor { try folder.write(processor.preprocessorConfiguration, to: "preprocessor_config.json") }
        if let generation { try folder.write(generation, to: "generation_config.json") }
    }
}
