import BLIP2
import Checkpoints
import JSON
import LanguageModels
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers
import Training

/// Our models against runs of the original code: activations, losses, gradients, generated text, and optimizer runs.
@Suite(.serialized, .enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct BLIP2OracleTests {
    @Test func everyRunEqualsTheOriginal() throws {
        var total = Tally()
        var caseCount = 0
        for oracle in try OracleFolder().cases() {
            var tally = Tally()
            if let extras = try ExtrasComparison(oracle) {
                try extras.run(&tally)
            } else {
                let model = try #require(try OracleModel(oracle), "\(oracle.name) is of a kind not known here")
                try ForwardComparison(oracle, model).run(&tally)
                if let stage1 = model.module as? RepresentationModel {
                    try FeatureComparison(oracle, stage1).run(&tally)
                }
                try GenerationComparison(oracle, model).run(&tally)
                try TrainingComparison(oracle, model).run(&tally)
            }
            print("BLIP2OracleTests: \(oracle.name): \(tally.summary)")
            total.add(tally)
            caseCount += 1
        }
        #expect(caseCount > 0, "no case was compared")
        print("BLIP2OracleTests: \(caseCount) cases, \(total.total) values compared: \(total.summary)")
    }
}
