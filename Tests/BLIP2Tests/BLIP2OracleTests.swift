import BLIP2
import Checkpoints
import JSON
import LanguageModels
import Layers
import Tensors
import Testing
import TextTokenizers
import Training

/// Our models against runs of the original code: activations, losses, gradients, generated text, and optimizer runs.
@Suite(.serialized, .enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct BLIP2OracleTests {
    /// Kinds of runs that no model here corresponds to.
    private static let otherKinds: [String?: String] = [
        "PformerT5": "writes with Flan-T5", "Blip2T5": "writes with Flan-T5", "Blip2PformerT5": "writes with Flan-T5",
        nil: "holds no run of a model",
    ]

    @Test func everyRunEqualsTheOriginal() throws {
        var total = Tally()
        var caseCount = 0
        for oracle in try OracleFolder.cases() {
            guard let model = try OracleModel(oracle) else {
                let reason = try #require(Self.otherKinds[oracle.kind], "\(oracle.name) is of a kind not known here")
                print("BLIP2OracleTests: \(oracle.name) is left out: it \(reason)")
                continue
            }
            var tally = Tally()
            try ForwardComparison(oracle, model).run(&tally)
            try GenerationComparison(oracle, model).run(&tally)
            try TrainingComparison(oracle, model).run(&tally)
            print("BLIP2OracleTests: \(oracle.name): \(tally.summary)")
            total.add(tally)
            caseCount += 1
        }
        #expect(caseCount > 0, "no case was compared")
        print("BLIP2OracleTests: \(caseCount) cases, \(total.total) values compared: \(total.summary)")
    }
}
