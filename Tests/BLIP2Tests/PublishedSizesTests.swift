import BERT
import BLIP2
import LanguageModels
import Layers
import PFormer
import QFormer
import Testing
import VisionEncoder

/// The published sizes have the published numbers of parameters and the original's names.
struct PublishedSizesTests {
    private func count(_ modules: any Module..., under prefixes: [String] = []) -> Int {
        modules.flatMap(\.trainableParameters)
            .filter { weight in prefixes.isEmpty || prefixes.contains { weight.name.hasPrefix($0) } }
            .reduce(0) { $0 + $1.parameter.shape.count }
    }

    @Test func visionEncoder() {
        let encoder = VisionTransformer(.evaG, weights: .unset)
        #expect(encoder.parameterCount == 985_894_528)
        #expect(encoder.namedParameters.count == 511)
    }

    @Test func representationModels() {
        let base = RepresentationModel(.published, ids: .bertBaseUncased, weights: .unset)
        #expect(count(base) == 186_705_470)
        let teacher = PromptTransformer(.publishedOPT, weights: .unset)
        #expect(teacher.parameterCount == 130_349_824)
        let aligned = AlignedRepresentationModel(base, teacher: teacher, weight: 10, weights: .unset)
        #expect(count(aligned) == 188_674_110)
    }

    @Test func captioningModel() {
        let language = OPT(.opt2p7b, weights: .unset)
        #expect(language.parameterCount == 2_651_596_800)
        let model = VisionLanguageModel(.published, language: language, weights: .unset)
        #expect(count(model) == 107_133_696)
        model.images.encoder.unfreeze()
        #expect(count(model) == 107_133_696 + 985_894_528)
    }

    @Test func promptPretraining() {
        let model = PromptPretraining(
            .publishedOPT, language: OPT(.opt2p7b, weights: .unset), ids: .bertBaseUncased, weights: .unset)
        #expect(count(model) == 130_546_689)
        #expect(model.trainableParameters.count == 206)
    }
}
