import BERT
import Layers
import Tensors

/// The P-Former: turns a sentence into the vectors that a language model should read in order to write it.
/// Jian et al.: Bootstrapping Vision-Language Learning with Decoupled Language Pre-training, 2023, section 3.2.
public final class PromptTransformer: Module {
    private let contrast: PromptContrast?
    private let encoder: BERTEncoder
    private let split: Linear
    private let pooler: Linear
    private let projection: Linear
    private let configuration: PFormerConfiguration

    /// A P-Former of these sizes.
    ///
    /// - Parameters:
    ///   - configuration: the sizes
    ///   - contrast: the heads of prompt pretraining; nil in the stages after it, which only ask for prompts
    ///   - weights: where the first values come from
    public init(
        _ configuration: PFormerConfiguration, contrast: PromptContrast? = nil, weights: InitialWeights
    ) {
        let width = configuration.bert.width
        func head(_ name: String, outputs: Int) -> Linear {
            Linear(inputs: width, outputs: outputs, weights: weights.child(name))
        }
        self.configuration = configuration
        self.contrast = contrast
        encoder = BERTEncoder(configuration.bert, weights: weights.child("encoder"))
        split = head("split", outputs: configuration.promptCount * width)
        pooler = head("pooler", outputs: width)
        projection = head("projection", outputs: configuration.languageWidth)
    }

    /// Elements of a prompt vector.
    public var languageWidth: Int { configuration.languageWidth }

    /// The most tokens of a sentence.
    public var positionCount: Int { configuration.bert.positionCount }

    /// The names of the reference's `Pformer`.
    public var parts: KeyValuePairs<String, any ModulePart> {
        [
            "temp": contrast?.temperature, "": encoder, "cls_proj": split, "pooler.0": pooler,
            "text_proj": contrast?.projection, "\(configuration.family.rawValue)_proj": projection,
        ]
    }

    /// Takes the text encoder's weights from a published BERT checkpoint; the heads keep their random values.
    ///
    /// - Throws: `LoadError` with every key that is missing, unexpected or of another shape.
    public func start(from bert: some TensorSource) throws { try encoder.start(from: bert) }

    /// One vector for each sentence: the last hidden state of its first token, `[batch, width]`.
    public func sentence(_ text: MaskedTokens, _ context: Context) -> Tensor {
        encoder(text, context).slice(axis: 1, from: 0, to: 1).reshaped(to: [text.batchCount, configuration.bert.width])
    }

    /// The prompt for each sentence vector: `[batch, width]` to `[batch, prompts, languageWidth]`.
    public func prompt(forSentence sentence: Tensor, _ context: Context) -> Tensor {
        let vectors = context.within("cls_proj").record(split(sentence))
            .reshaped(to: [sentence.shape[0], configuration.promptCount, configuration.bert.width])
        let pooled = context.within("pooler").record(pooler(vectors, activation: .tanh))
        return context.within("\(configuration.family.rawValue)_proj").record(projection(pooled))
    }

    /// The prompt for each text, `[batch, prompts, languageWidth]`.
    public func callAsFunction(_ text: MaskedTokens, _ context: Context) -> Tensor {
        prompt(forSentence: sentence(text, context), context)
    }
}

/// What prompt pretraining contrasts sentences with.
public final class PromptContrast: Sendable {
    /// Divides similarities; a scalar.
    public let temperature: Parameter
    /// `[contrastWidth, width]`
    public let projection: Linear

    /// Heads for a P-Former of these sizes.
    public init(_ configuration: PFormerConfiguration, weights: InitialWeights) {
        temperature = weights.constant(0.07, [])
        projection = Linear(
            inputs: configuration.bert.width, outputs: configuration.contrastWidth, weights: weights)
    }

    /// Unit vectors of sentences: `[batch, width]` to `[batch, contrastWidth]`.
    public func callAsFunction(_ sentence: Tensor, _ context: Context) -> Tensor {
        context.within("text_proj").record(projection(sentence)).l2Normalized()
    }
}
