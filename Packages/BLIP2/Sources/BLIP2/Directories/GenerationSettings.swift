/// `generation_config.json`, with the prompt that the model was trained with and whose way of generating is followed.
struct GenerationSettings: Codable {
    private var beginning: Int32?
    private var end: Int32?
    private var padding: Int32?
    /// The prompt that the model was trained with.
    let prompt: String?
    private let convention: Convention?

    /// What a captioner's folder says.
    init(tokens: LanguageTokens, prompt: String, convention: Convention) {
        beginning = tokens.beginning
        end = tokens.end
        padding = tokens.padding
        self.prompt = prompt
        self.convention = convention
    }

    /// Whose way is followed: what is recorded, or that of who wrote the file. A prompt is recorded by this library alone,
    /// whose models are trained and evaluated as LAVIS's are.
    var effectiveConvention: Convention { convention ?? (prompt == nil ? .huggingFace : .lavis) }

    private enum CodingKeys: String, CodingKey {
        case beginning = "bos_token_id"
        case end = "eos_token_id"
        case padding = "pad_token_id"
        case prompt
        case convention
    }

    /// Reads what only this library writes. What tokens mean is told by `config.json`; here transformers may have lists of
    /// them.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        prompt = try values.decodeIfPresent(String.self, forKey: .prompt)
        convention = try values.decodeIfPresent(Convention.self, forKey: .convention)
    }
}
