import Configuration
import TextTokenizers

/// What recipes that make a language model from sentences ask for under `model`.
struct LanguageBackboneModelSection<Sizes: Configurable> {
    /// The tokenizer's folder.
    let tokenizer: String
    /// Tokens of a block, or of a text at most.
    let blockLength: Int
    /// The section `language`.
    let sizes: Sizes

    init(from section: ConfigurationSection, leastLength: Int) throws {
        _ = try section.required("arch", as: Architecture.self)
        tokenizer = try section.required("tokenizer")
        blockLength = try section.value("block_length", default: 64, in: leastLength...65_536)
        sizes = try section.part("language")
    }
}

extension Tokenizer {
    /// Rows of a token table made for it: in eights, with at least one that no token has, because captioners put query
    /// vectors where its id stands.
    var tableRowCount: Int { (vocabularyCount + 8) / 8 * 8 }
}
