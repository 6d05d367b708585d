import Checkpoints
import Foundation
import Layers
import Tensors
import Testing
import Training

/// Parameters under the names of the fixture.
private final class Named: Module {
    let list: [(String, Parameter)]

    init(_ list: [(String, Parameter)]) { self.list = list }

    var parts: KeyValuePairs<String, any ModulePart> {
        let (a, b, c, d, e, f) = (list[0], list[1], list[2], list[3], list[4], list[5])
        return [a.0: a.1, b.0: b.1, c.0: c.1, d.0: d.1, e.0: e.1, f.0: f.1]
    }
}

@Suite struct AdamWTests {
    private func fixture() throws -> SafetensorsFile {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/adamw", withExtension: "safetensors"))
        return try SafetensorsFile(contentsOf: url)
    }

    private func model(_ file: SafetensorsFile) throws -> Named {
        let names = file.names.filter { $0.hasPrefix("initial/") }.map { String($0.dropFirst("initial/".count)) }
        return Named(try names.sorted().map { ($0, Parameter(try file.tensor(named: "initial/\($0)"))) })
    }

    /// Relative to the size of the value, in units of float32's last place.
    private func expectClose(_ found: Tensor, _ expected: Tensor, _ comment: Comment) {
        for (found, expected) in zip(found.scalars, expected.scalars) {
            #expect(abs(found - expected) <= 4 * max(abs(expected), 1e-3).ulp, comment)
        }
    }

    @Test func takesTheStepsOfPyTorch() throws {
        let file = try fixture()
        let model = try model(file)
        var optimizer = AdamW(model, weightDecay: 0.05, coefficients: AdamWCoefficients(beta2: 0.98))
        let rates = try file.withBytes(of: "rate") { bytes in
            stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: Double.self) }
        }
        #expect(rates.count == 7)
        for (step, rate) in rates.enumerated() {
            var gradients = Gradients()
            for (name, parameter) in model.list where file.shape(of: "gradient/\(step)/\(name)") != nil {
                gradients[parameter] = try file.tensor(named: "gradient/\(step)/\(name)")
            }
            optimizer.step(gradients, rate: rate)
            for (name, parameter) in model.list {
                expectClose(parameter.value, try file.tensor(named: "after/\(step)/\(name)"), "step \(step), \(name)")
            }
        }
        #expect(optimizer.stepCount == 7)
    }

    @Test func sparesWhatTheReferenceSpares() {
        let matrix = Parameter(Tensor(zeros: [2, 2]))
        let decaying = [
            "query_tokens", "Qformer.bert.embeddings.word_embeddings.weight", "opt_proj.weight", "pos_embed",
        ]
        let spared = ["ln_vision.weight", "visual_encoder.blocks.0.attn.q_bias", "bn.weight", "x.bias"]
        #expect(decaying.allSatisfy { decays(($0, matrix)) })
        #expect(!spared.contains { decays(($0, matrix)) })
        #expect(!decays(("temp", Parameter(Tensor(0)))))
        #expect(!decays(("cls_proj.weight", Parameter(Tensor(zeros: [4])))))
    }

    @Test func leavesFrozenWeightsOut() {
        let model = ToyModel()
        let optimizer = AdamW(model, weightDecay: 0)
        #expect(optimizer.parameters.map(\.name) == ["first.weight", "first.bias", "second.weight", "second.bias"])
    }
}
