import BERT
import Layers
import Tensors

extension QueryingTransformer {
    /// Takes its weights from a published BERT checkpoint, as the reference starts stage 1: text parts and
    /// self-attention from their counterparts, the queries' feed-forward networks as copies of the text's. What BERT
    /// lacks keeps its random values: cross-attention, and vectors of tokens beyond BERT's vocabulary.
    ///
    /// - Throws: `LoadError` with every key that is missing or of another shape.
    public func start(from bert: some TensorSource) throws {
        let source = BERTStart(PublishedBERT(bert), namedParameters)
        try load(self, from: source, allowing: LoadPolicy(missing: ["*.crossattention.*", "cls.predictions.*"]))
    }
}

/// A BERT checkpoint seen under the names of a Q-Former.
private struct BERTStart<Source: TensorSource>: TensorSource {
    private let source: Source
    private let weights: [String: Parameter]
    let names: [String]

    init(_ source: Source, _ weights: [NamedParameter]) {
        self.source = source
        self.weights = Dictionary(weights.map { ($0.name, $0.parameter) }, uniquingKeysWith: { first, _ in first })
        let present = Set(source.names)
        names = weights.map(\.name).filter { present.contains(Self.name(for: $0)) }
    }

    var origin: String { source.origin }

    func shape(of name: String) -> Shape? {
        guard let shape = source.shape(of: Self.name(for: name)) else { return nil }
        return missingRows(name, shape).map { _ in weights[name]?.shape ?? shape } ?? shape
    }

    func tensor(named name: String) throws -> Tensor {
        let tensor = try source.tensor(named: Self.name(for: name)).stored(as: .float32)
        guard let missing = missingRows(name, tensor.shape), let own = weights[name]?.value.detached() else {
            return tensor
        }
        return .concatenating([tensor, own.slice(axis: 0, from: missing.lowerBound, to: missing.upperBound)], axis: 0)
    }

    /// The rows that a weight by token has and BERT's has not; nil if they have equally many.
    private func missingRows(_ name: String, _ shape: Shape) -> Range<Int>? {
        let growing = ["bert.embeddings.word_embeddings.weight", "cls.predictions.bias"]
        guard growing.contains(name), let own = weights[name]?.shape, own[0] > shape[0] else { return nil }
        return shape[0]..<own[0]
    }

    /// The name in a BERT checkpoint of what a weight starts from.
    private static func name(for own: String) -> String {
        let name = own.hasPrefix("bert.") ? String(own.dropFirst("bert.".count)) : own
        return name.split(separator: ".").map { $0.hasSuffix("_query") ? $0.dropLast("_query".count) : $0 }
            .joined(separator: ".")
    }
}
