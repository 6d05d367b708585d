import Foundation
import Tensors
import Testing

/// Every stage at very small sizes against PyTorch: activations, losses and gradients. `Tools/oracles/stages.py` makes
/// the fixture.
struct StageTests {
    @Test(arguments: ["prompts", "representation", "representation_aligned", "captioning", "captioning_aligned"])
    func lossesAndGradientsEqualPyTorch(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/stages/\(name)")
        let oracle = try OracleCase(folder)
        let model = try #require(try OracleModel(oracle))
        var tally = Tally()
        try ForwardComparison(oracle, model).run(&tally)
        #expect(tally.total > 50)
    }
}
