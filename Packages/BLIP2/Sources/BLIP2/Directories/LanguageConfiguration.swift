import LanguageModels
import Layers
import Tensors

/// The sizes of a language model of either family: a `config.json` of its own, or the `text_config` of a captioner's.
public enum LanguageConfiguration: Hashable, Sendable {
    /// A decoder.
    case opt(OPTConfiguration)
    /// An encoder-decoder.
    case t5(T5Configuration)

    /// Rows of the token table.
    public var vocabularyCount: Int {
        switch self {
        case .opt(let configuration): configuration.vocabularyCount
        case .t5(let configuration): configuration.vocabularyCount
        }
    }

    /// Elements of a token's vector, and of the vectors in front of tokens.
    public var width: Int {
        switch self {
        case .opt(let configuration): configuration.wordWidth
        case .t5(let configuration): configuration.width
        }
    }

    /// A model of these sizes.
    public func model(weights: InitialWeights) -> any LanguageModel {
        switch self {
        case .opt(let configuration): OPT(configuration, weights: weights)
        case .t5(let configuration): T5(configuration, weights: weights)
        }
    }

    /// Names in a checkpoint that are copies of weights under other names.
    public var copies: [String] {
        switch self {
        case .opt: OPT.copies
        case .t5: T5.copies
        }
    }

    /// The same sizes, run as LAVIS runs them. Quirk: it gives Flan-T5 the exact GELU, not the form it was trained with.
    public var asInLAVIS: LanguageConfiguration {
        guard case .t5(var configuration) = self else { return self }
        configuration.activation = .gelu
        return .t5(configuration)
    }
}

extension LanguageConfiguration: Codable {
    private enum CodingKeys: String, CodingKey { case kind = "model_type" }

    /// Decodes the keys of transformers' `OPTConfig` or `T5Config`, as `model_type` says.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        switch try values.decode(String.self, forKey: .kind) {
        case ModelKind.opt: self = .opt(try OPTConfiguration(from: decoder))
        case ModelKind.t5: self = .t5(try T5Configuration(from: decoder))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: values,
                debugDescription: "is \"\(other)\", wanted \"\(ModelKind.opt)\" or \"\(ModelKind.t5)\"")
        }
    }

    /// Encodes the keys of transformers' `OPTConfig` or `T5Config`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .opt(let configuration):
            try values.encode(ModelKind.opt, forKey: .kind)
            try configuration.encode(to: encoder)
        case .t5(let configuration):
            try values.encode(ModelKind.t5, forKey: .kind)
            try configuration.encode(to: encoder)
        }
    }
}
