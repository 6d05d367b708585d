import ArgumentParser

/// The options of programs that open a model's folder: how its weights are kept in memory.
public struct WeightOptions<Format: ExpressibleByArgument & Sendable>: ParsableArguments {
    /// The type of all parts.
    @Option(help: "How matrices are kept in memory; as the file stores them unless given.")
    public var dtype: Format?

    /// The type of the image encoder.
    @Option(help: "The same for the image encoder alone.")
    public var visionDtype: Format?

    /// The type of the language model.
    @Option(help: "The same for the language model alone.")
    public var languageDtype: Format?

    /// As the files store them.
    public init() {}
}
