import BERT
import Layers
import PFormer
import QFormer
import Tensors
import Testing

/// Starting from a published BERT checkpoint, in the oldest spelling of its names.
struct BERTStartTests {
    private struct Source: TensorSource {
        var tensors: [String: Tensor] = [:]
        let origin = "bert"
        var names: [String] { tensors.keys.sorted() }
        func shape(of name: String) -> Shape? { tensors[name]?.shape }
        struct NoSuchTensor: Error {}
        func tensor(named name: String) throws -> Tensor {
            guard let tensor = tensors[name] else { throw NoSuchTensor() }
            return tensor
        }
    }

    private let sizes = BERTConfiguration(
        vocabularyCount: 9, width: 4, layerCount: 2, headCount: 2, feedForwardWidth: 6, positionCount: 5)

    /// `bert.` in front, gamma and beta, a pooler and a head, as in google's file.
    private func published() -> Source {
        var source = Source()
        let encoder = BERTEncoder(sizes, weights: .random(RandomKey(seed: 1)))
        let head = MaskedLanguageHead(sizes, weights: .random(RandomKey(seed: 2)))
        for (name, parameter) in encoder.namedParameters { source.tensors["bert." + name] = parameter.value.detached() }
        for (name, parameter) in head.namedParameters {
            source.tensors["cls.predictions." + name] = parameter.value.detached()
        }
        for name in source.names where name.contains("LayerNorm") {
            let parts = name.split(separator: ".")
            let old = parts.dropLast().joined(separator: ".") + (parts.last == "weight" ? ".gamma" : ".beta")
            source.tensors[old] = source.tensors.removeValue(forKey: name)
        }
        source.tensors["bert.pooler.dense.weight"] = Tensor(zeros: [4, 4])
        source.tensors["cls.seq_relationship.weight"] = Tensor(zeros: [2, 4])
        return source
    }

    @Test func qformerTakesTextPartsAndCopiesThemToTheQueries() throws {
        var larger = sizes
        larger.vocabularyCount = 10
        let weights = InitialWeights.random(RandomKey(seed: 5))
        let configuration = QFormerConfiguration(bert: larger, imageWidth: 3)
        let (model, fresh) = (
            QueryingTransformer(configuration, weights: weights), QueryingTransformer(configuration, weights: weights)
        )
        let source = published()
        try model.start(from: source)
        let values = byName(model)
        let before = byName(fresh)
        let words = "bert.embeddings.word_embeddings.weight"
        #expect(values[words]?.prefix(36).elementsEqual(source.tensors[words]?.scalars ?? []) == true)
        #expect(values[words]?.suffix(4).elementsEqual(before[words]?.suffix(4) ?? []) == true)
        let layer = "bert.encoder.layer.1"
        let inner = source.tensors["\(layer).intermediate.dense.weight"]?.scalars
        #expect(values["\(layer).intermediate.dense.weight"] == inner)
        #expect(values["\(layer).intermediate_query.dense.weight"] == inner)
        #expect(
            values["\(layer).output_query.LayerNorm.bias"] == source.tensors["\(layer).output.LayerNorm.beta"]?.scalars)
        #expect(
            values["\(layer).attention.self.query.weight"]
                == source.tensors["\(layer).attention.self.query.weight"]?.scalars)
        let cross = "bert.encoder.layer.0.crossattention.self.query.weight"
        #expect(values[cross] == before[cross])
    }

    @Test func pformerTakesTheEncoder() throws {
        let configuration = PFormerConfiguration(bert: sizes, promptCount: 2, languageWidth: 3)
        let model = PromptTransformer(configuration, weights: .random(RandomKey(seed: 7)))
        let source = published()
        try model.start(from: source)
        #expect(
            byName(model)["encoder.layer.0.output.dense.weight"]
                == source.tensors["bert.encoder.layer.0.output.dense.weight"]?.scalars)
    }

    @Test func aMissingLayerIsNamed() {
        var source = published()
        source.tensors["bert.encoder.layer.1.output.dense.bias"] = nil
        let model = QueryingTransformer(QFormerConfiguration(bert: sizes, imageWidth: 3), weights: .unset)
        let error = #expect(throws: LoadError.self) { try model.start(from: source) }
        #expect(
            error?.missing == [
                "bert.encoder.layer.1.output.dense.bias", "bert.encoder.layer.1.output_query.dense.bias",
            ])
    }

    private func byName(_ module: any Module) -> [String: [Float]] {
        Dictionary(
            module.namedParameters.map { ($0.name, $0.parameter.value.scalars) },
            uniquingKeysWith: { first, _ in first })
    }
}
