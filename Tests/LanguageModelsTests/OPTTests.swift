import Foundation
import LanguageModels
import Layers
import Tensors
import Testing

/// OPT as OPT-350m is built, and with token vectors as wide as its layers, against transformers.
struct OPTTests {
    private static let cases = [("opt_post_norm", 16), ("opt_post_norm_one_width", 24)]

    private func model(_ name: String) throws -> (OPT, TransformersCase) {
        let fixture = try TransformersCase(name)
        let model = OPT(try fixture.configuration(OPTConfiguration.self), weights: .unset)
        try fixture.load(model, copies: OPT.copies)
        return (model, fixture)
    }

    @Test(arguments: cases) func postNormLogitsEqualTransformers(_ name: String, _ wordWidth: Int) throws {
        let (model, fixture) = try model(name)
        #expect(model.configuration.layout == .postNorm(wordWidth: wordWidth))
        let recorder = Recorder()
        let text = try fixture.text()
        _ = model.loss(
            prefix: try fixture.tensor("prefix"), text: text, labels: text.labels(),
            .evaluation(recorder: recorder).within("model"))
        try expectClose(recorder.tensors["model#0/logits"], try fixture.tensor("logits"))
    }

    @Test(arguments: cases) func postNormTextsEqualTransformers(_ name: String, _: Int) throws {
        let (model, fixture) = try model(name)
        try fixture.compareGeneration(model, end: 4, padding: 1)
    }

    @Test(arguments: [OPTConfiguration.opt350m, .opt2p7b])
    func configurationSurvivesJSON(_ configuration: OPTConfiguration) throws {
        let data = try JSONEncoder().encode(configuration)
        #expect(try JSONDecoder().decode(OPTConfiguration.self, from: data) == configuration)
    }

    @Test func publishedSizesHaveThePublishedNumberOfParameters() {
        #expect(OPT(.opt350m, weights: .unset).parameterCount == 331_196_416)
        #expect(OPT(.opt6p7b, weights: .unset).parameterCount == 6_658_473_984)
    }
}
