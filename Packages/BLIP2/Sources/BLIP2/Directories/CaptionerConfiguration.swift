import LanguageModels
import QFormer
import VisionEncoder

/// `config.json` of a captioner: transformers' `Blip2Config`.
public struct CaptionerConfiguration: Codable, Hashable, Sendable {
    /// The image encoder.
    public var vision: ViTConfiguration
    /// The Q-Former.
    public var qformer: QFormerConfiguration
    /// The language model.
    public var language: LanguageConfiguration
    /// How many query vectors a picture becomes.
    public var queryCount: Int
    /// The id that transformers puts where the query vectors go; a row of the token table without a token.
    public var imageTokenID: Int
    /// What the language model's tokens mean.
    public var tokens: LanguageTokens
    /// Whether the language model continues its prompt.
    private var isDecoderOnly: Bool { if case .opt = language { true } else { false } }

    /// A captioner of these sizes.
    public init(
        vision: ViTConfiguration, qformer: QFormerConfiguration, language: LanguageConfiguration, queryCount: Int,
        imageTokenID: Int, tokens: LanguageTokens
    ) {
        self.vision = vision
        self.qformer = qformer
        self.language = language
        self.queryCount = queryCount
        self.imageTokenID = imageTokenID
        self.tokens = tokens
    }

    /// The sizes of the image side.
    public var blip2: BLIP2Configuration {
        BLIP2Configuration(vision: vision, qformer: qformer, queryCount: queryCount)
    }

    private enum CodingKeys: String, CodingKey {
        case vision = "vision_config"
        case qformer = "qformer_config"
        case language = "text_config"
        case queryCount = "num_query_tokens"
        case imageTokenID = "image_token_index"
        case isDecoderOnly = "use_decoder_only_language_model"
        case architectures
    }

    /// Decodes the keys of transformers' `Blip2Config`.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        vision = try values.decode(ViTConfiguration.self, forKey: .vision)
        qformer = try values.decode(QFormerConfiguration.self, forKey: .qformer)
        language = try values.decode(LanguageConfiguration.self, forKey: .language)
        tokens = try values.decode(LanguageTokens.self, forKey: .language)
        queryCount = try values.decodeIfPresent(Int.self, forKey: .queryCount) ?? 32
        // Configurations from before transformers knew image tokens have none.
        imageTokenID = try values.decodeIfPresent(Int.self, forKey: .imageTokenID) ?? language.vocabularyCount - 1
        // Later transformers judge a folder by its parts; earlier ones wrote the same type for both models.
        let kinds = try values.decodeIfPresent([String].self, forKey: .architectures) ?? [Self.architecture]
        guard kinds.contains(Self.architecture) else {
            throw DecodingError.dataCorruptedError(
                forKey: .architectures, in: values,
                debugDescription: "is \(kinds.joined(separator: ", ")), wanted \(Self.architecture)")
        }
    }

    private static let architecture = "Blip2ForConditionalGeneration"

    /// Encodes the keys of transformers' `Blip2Config`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode([Self.architecture], forKey: .architectures)
        try values.encode(VisionDescription(vision), forKey: .vision)
        try values.encode(QFormerDescription(qformer), forKey: .qformer)
        try values.encode(TextDescription(language, tokens), forKey: .language)
        try values.encode(queryCount, forKey: .queryCount)
        try values.encode(imageTokenID, forKey: .imageTokenID)
        try values.encode(isDecoderOnly, forKey: .isDecoderOnly)
    }
}

/// Which of a language model's tokens mean something, under transformers' names.
public struct LanguageTokens: Codable, Hashable, Sendable {
    /// Begins a text.
    public var beginning: Int32
    /// Ends a caption: OPT's newline.
    public var end: Int32
    /// Fills rows.
    public var padding: Int32

    /// Tokens by id.
    public init(beginning: Int32, end: Int32, padding: Int32) {
        self.beginning = beginning
        self.end = end
        self.padding = padding
    }

    private enum CodingKeys: String, CodingKey {
        case beginning = "bos_token_id"
        case end = "eos_token_id"
        case padding = "pad_token_id"
        case kind = "model_type"
    }

    /// Decodes the keys of transformers' configurations, with their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let isT5 = try values.decodeIfPresent(String.self, forKey: .kind) == ModelKind.t5
        end = try values.decodeIfPresent(Int32.self, forKey: .end) ?? (isT5 ? 1 : 2)
        beginning = try values.decodeIfPresent(Int32.self, forKey: .beginning) ?? (isT5 ? end : 2)
        padding = try values.decodeIfPresent(Int32.self, forKey: .padding) ?? (isT5 ? 0 : 1)
    }

    /// Encodes the keys of transformers' configurations.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(beginning, forKey: .beginning)
        try values.encode(end, forKey: .end)
        try values.encode(padding, forKey: .padding)
    }
}
