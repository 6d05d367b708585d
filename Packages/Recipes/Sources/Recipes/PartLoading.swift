import BLIP2
import Foundation
import LanguageModels
import Layers
import PFormer
import TextTokenizers

extension OPT {
    /// The language model of a folder, frozen, and what its tokens mean.
    static func open(_ directory: ModelDirectory) throws -> (model: OPT, description: LanguageDescription) {
        let description = try directory.configuration(LanguageDescription.self, kind: ModelKind.opt)
        let model = OPT(description.configuration, weights: .unset)
        model.freeze()
        try load(model, from: directory.weights(), allowing: LoadPolicy(unexpected: ["lm_head.weight"]))
        return (model, description)
    }
}

extension PromptTransformer {
    /// The P-Former of a stage-0 folder, frozen, without the heads it was pretrained with.
    static func open(_ path: String) throws -> PromptTransformer {
        let directory = ModelDirectory(path)
        let configuration = try directory.configuration(PFormerConfiguration.self, kind: ModelKind.promptTransformer)
        let model = PromptTransformer(configuration, weights: .unset)
        model.freeze()
        try load(
            model, from: directory.weights(), prefix: "Pformer.",
            allowing: LoadPolicy(unexpected: ["temp", "text_proj.*"]))
        return model
    }
}
