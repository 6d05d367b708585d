import Configuration

/// What is evaluated, as a configuration file says: a model, a data set with its splits, and a task with its settings.
public struct EvaluationConfiguration: Configurable, Sendable {
    /// The section `model`.
    public let model: ModelSection
    /// What the model is to do, with which data.
    public let task: EvaluationTask
    /// The section `run`, but for what is the task's own.
    public let run: RunSection

    /// Reads the sections `model`, `datasets` and `run`.
    ///
    /// - Throws: `ConfigurationError` for what is missing, unknown or wrong.
    public init(from section: ConfigurationSection) throws {
        run = try section.required("run")
        switch run.settings {
        case .captioning(let settings): task = .captioning(try section.required("datasets"), settings)
        case .vqa(let settings): task = .vqa(try section.required("datasets"), settings)
        case .gqa(let settings): task = .gqa(try section.required("datasets"), settings)
        case .retrieval(let settings): task = .retrieval(try section.required("datasets"), settings)
        }
        try run.check(splits: task.splits)
        model = try section.required("model")
        if case .retrieval = task, model.namesLanguageFormat {
            throw section.error(
                "model.language_dtype", "is for texts that are written; retrieval asks no language model")
        }
    }
}

/// What a model is evaluated on, with the data and the settings.
public enum EvaluationTask: Sendable {
    /// Captions of pictures.
    case captioning(DataSection<CaptionSplit>, CaptioningSettings)
    /// Answers to questions, compared with those of ten people.
    case vqa(DataSection<QuestionSplit>, AnsweringSettings)
    /// Answers to questions that have one right answer.
    case gqa(DataSection<QuestionSplit>, AnsweringSettings)
    /// Texts by pictures and pictures by texts.
    case retrieval(DataSection<RetrievalSplit>, RetrievalSettings)

    /// The splits that the data set has.
    public var splits: [String] {
        switch self {
        case .captioning(let data, _): data.splits.map(\.name)
        case .vqa(let data, _), .gqa(let data, _): data.splits.map(\.name)
        case .retrieval(let data, _): data.splits.map(\.name)
        }
    }
}
