import Layers
import Tensors

/// A published BERT checkpoint under the names of `BERTEncoder` and, below `cls.predictions`, of `MaskedLanguageHead`.
///
/// Takes files of `BertModel` and of `BertForPreTraining`, whose names start with `bert.`, and the oldest ones, which
/// call the weight and bias of a norm gamma and beta. What no model here uses is left out: the pooler, the next-sentence
/// head, position numbers and the copy of the token table that the head is tied to.
public struct PublishedBERT<Source: TensorSource>: TensorSource {
    private let source: Source
    private let published: [String: String]
    /// The names used here.
    public let names: [String]

    /// Renames the tensors of a source.
    public init(_ source: Source) {
        self.source = source
        let renamed = source.names.compactMap { name in Self.name(for: name).map { (own: $0, published: name) } }
        names = renamed.map(\.own)
        published = Dictionary(renamed.map { ($0.own, $0.published) }, uniquingKeysWith: { first, _ in first })
    }

    /// The checkpoint.
    public var origin: String { source.origin }

    /// The extents of a tensor.
    public func shape(of name: String) -> Shape? { published[name].flatMap(source.shape(of:)) }

    /// Reads a tensor; a name that the checkpoint lacks is the source's error.
    public func tensor(named name: String) throws -> Tensor { try source.tensor(named: published[name] ?? name) }

    private static func name(for published: String) -> String? {
        var name = published.hasPrefix("bert.") ? String(published.dropFirst("bert.".count)) : published
        let unused = ["pooler.", "cls.seq_relationship.", "cls.predictions.decoder.", "embeddings.position_ids"]
        if unused.contains(where: name.hasPrefix) { return nil }
        for (old, new) in [("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")]
        where name.hasSuffix(old) {
            name = name.dropLast(old.count) + new
        }
        return name
    }
}

extension BERTEncoder {
    /// Takes its weights from a published BERT checkpoint.
    ///
    /// - Throws: `LoadError` with every key that is missing, unexpected or of another shape.
    public func start(from bert: some TensorSource) throws {
        try load(self, from: PublishedBERT(bert), allowing: LoadPolicy(unexpected: ["cls.*"]))
    }
}
