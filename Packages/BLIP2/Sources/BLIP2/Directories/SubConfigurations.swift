import LanguageModels
import QFormer
import VisionEncoder

// The sections of a captioner's `config.json`, each with the settings that transformers would otherwise guess.

struct VisionDescription: Encodable {
    private let configuration: ViTConfiguration

    init(_ configuration: ViTConfiguration) { self.configuration = configuration }

    private enum CodingKeys: String, CodingKey {
        case kind = "model_type"
        case activation = "hidden_act"
        case hasBias = "qkv_bias"
        case dropout = "attention_dropout"
    }

    func encode(to encoder: any Encoder) throws {
        try configuration.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(ModelKind.vision, forKey: .kind)
        try values.encode("gelu", forKey: .activation)
        try values.encode(true, forKey: .hasBias)
        try values.encode(0.0, forKey: .dropout)
    }
}

struct QFormerDescription: Encodable {
    private let configuration: QFormerConfiguration
    private let readsText: Bool

    init(_ configuration: QFormerConfiguration, readsText: Bool = false) {
        self.configuration = configuration
        self.readsText = readsText
    }

    private enum CodingKeys: String, CodingKey {
        case kind = "model_type"
        case activation = "hidden_act"
        case attentionDropout = "attention_probs_dropout_prob"
        case readsText = "use_qformer_text_input"
    }

    func encode(to encoder: any Encoder) throws {
        try configuration.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode("blip_2_qformer", forKey: .kind)
        try values.encode("gelu", forKey: .activation)
        try values.encode(configuration.bert.dropoutRate, forKey: .attentionDropout)
        try values.encode(readsText, forKey: .readsText)
    }
}

/// A language model's sizes and tokens.
struct TextDescription: Encodable {
    private let configuration: LanguageConfiguration
    private let tokens: LanguageTokens

    init(_ configuration: LanguageConfiguration, _ tokens: LanguageTokens) {
        self.configuration = configuration
        self.tokens = tokens
    }

    func encode(to encoder: any Encoder) throws {
        switch configuration {
        case .opt(let opt): try OPTDescription(opt, tokens).encode(to: encoder)
        case .t5:
            try configuration.encode(to: encoder)
            try tokens.encode(to: encoder)
        }
    }
}

/// An OPT's sizes and tokens, as its own `config.json` holds them as well.
public struct OPTDescription: Codable, Sendable {
    /// The sizes.
    public let configuration: OPTConfiguration
    /// What the tokens mean.
    public let tokens: LanguageTokens

    /// Sizes and tokens of an OPT.
    public init(_ configuration: OPTConfiguration, _ tokens: LanguageTokens) {
        self.configuration = configuration
        self.tokens = tokens
    }

    private enum CodingKeys: String, CodingKey {
        case kind = "model_type"
        case attentionDropout = "attention_dropout"
        case tiesWords = "tie_word_embeddings"
    }

    /// Decodes the keys of transformers' `OPTConfig`.
    public init(from decoder: any Decoder) throws {
        configuration = try OPTConfiguration(from: decoder)
        tokens = try LanguageTokens(from: decoder)
    }

    /// Encodes the keys of transformers' `OPTConfig`.
    public func encode(to encoder: any Encoder) throws {
        try configuration.encode(to: encoder)
        try tokens.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(ModelKind.opt, forKey: .kind)
        try values.encode(0.0, forKey: .attentionDropout)
        try values.encode(true, forKey: .tiesWords)
    }
}
