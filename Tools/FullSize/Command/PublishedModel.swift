import ArgumentParser
import BLIP2
import JSON
import LanguageModels
import QFormer
import VisionEncoder

/// The models whose sizes are written.
enum PublishedModel: String, ExpressibleByArgument {
    case captionerOPT = "blip2-opt-2.7b"
    case captionerT5 = "blip2-flan-t5-xl"
    case opt = "opt-2.7b"
    case t5 = "flan-t5-xl"

    /// The language model's sizes.
    var language: LanguageConfiguration {
        switch self {
        case .captionerT5, .t5: return .t5(.flanXL)
        case .captionerOPT, .opt:
            var opt = OPTConfiguration.opt2p7b
            opt.vocabularyCount = 50304
            return .opt(opt)
        }
    }

    /// The sizes of the captioner; nil for a language model alone.
    var captioner: CaptionerConfiguration? {
        switch self {
        case .opt, .t5: nil
        case .captionerOPT: captioner(imageTokenID: 50265, Self.optTokens)
        case .captionerT5: captioner(imageTokenID: 32100, LanguageTokens(beginning: 1, end: 1, padding: 0))
        }
    }

    private func captioner(imageTokenID: Int, _ tokens: LanguageTokens) -> CaptionerConfiguration {
        CaptionerConfiguration(
            vision: .evaG, qformer: .bertBase, language: language, queryCount: 32, imageTokenID: imageTokenID,
            tokens: tokens)
    }

    private static let optTokens = LanguageTokens(beginning: 2, end: 50118, padding: 1)

    /// Writes the `config.json` of the language model alone.
    func writeLanguageConfiguration(to folder: ModelDirectory) throws {
        switch language {
        case .opt(let opt): try folder.write(OPTDescription(opt, Self.optTokens), to: "config.json")
        case .t5: try folder.write(language, to: "config.json")
        }
    }
}
