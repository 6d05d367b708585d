import Foundation
import JSON
import LanguageModels
import Layers
import Tensors
import Testing

/// T5 against transformers.
struct T5Tests {
    private func model() throws -> (T5, TransformersCase) {
        let fixture = try TransformersCase("t5")
        let model = T5(try fixture.configuration(T5Configuration.self), weights: .unset)
        try fixture.load(model, copies: T5.copies)
        return (model, fixture)
    }

    @Test func logitsAndLossEqualTransformers() throws {
        let (model, fixture) = try model()
        let recorder = Recorder()
        let loss = model.loss(
            prefix: try fixture.tensor("prefix"), text: try fixture.text(),
            labels: try fixture.file.indexTensor(named: "io/labels"),
            .evaluation(recorder: recorder).within("model"))
        try expectClose(recorder.tensors["model#0/encoder_last_hidden_state"], try fixture.tensor("encoded"))
        try expectClose(recorder.tensors["model#0/logits"], try fixture.tensor("logits"))
        try expectClose(loss, try fixture.tensor("loss"))
    }

    @Test func generatedTextsEqualTransformers() throws {
        let (model, fixture) = try model()
        try fixture.compareGeneration(model, end: 1, padding: 0)
    }

    /// The other form of GELU gives other logits: the configuration decides.
    @Test func activationFollowsTheConfiguration() throws {
        let (model, fixture) = try model()
        #expect(model.configuration.activation == .geluTanh)
        var configuration = model.configuration
        configuration.activation = .gelu
        let exact = T5(configuration, weights: .unset)
        try fixture.load(exact, copies: T5.copies)
        let losses = try [model, exact].map {
            $0.loss(
                prefix: nil, text: try fixture.text(), labels: try fixture.file.indexTensor(named: "io/labels"),
                .evaluation()
            ).scalar
        }
        #expect(losses[0] != losses[1])
    }

    @Test func configurationSurvivesJSON() throws {
        var configuration = T5Configuration.tiny(vocabularyCount: 300)
        configuration.activation = .gelu
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(T5Configuration.self, from: data) == configuration)
    }

    @Test(arguments: [
        (#""feed_forward_proj": "relu", "tie_word_embeddings": false"#, "gated-gelu"),
        (#""feed_forward_proj": "gated-gelu""#, "tie_word_embeddings|must be false"),
    ])
    func olderT5IsRefusedByName(_ keys: String, _ wanted: String) {
        let text = #"{"vocab_size": 9, "d_model": 4, "d_kv": 2, "d_ff": 8, "num_layers": 1, "num_heads": 2, \#(keys)}"#
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(T5Configuration.self, from: Data(text.utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let said = context.codingPath.map(\.stringValue).joined() + "|" + context.debugDescription
        #expect(wanted.split(separator: "|").allSatisfy { said.contains($0) }, "\(said)")
    }

    @Test func publishedSizesHaveThePublishedNumberOfParameters() {
        #expect(T5(.flanXL, weights: .unset).parameterCount == 2_849_757_184)
        #expect(T5(.flanXXL, weights: .unset).parameterCount == 11_135_332_352)
    }
}
