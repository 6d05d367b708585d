import BLIP2
import LanguageModels
import Layers
import PFormer
import Tensors
import Training

/// A training step of stage 1 or 2 with a P-Former at the published sizes, and what the P-Former adds to it.
struct AlignedStep {
    private let losses: (Context) -> Losses
    private let prompts: () -> Tensor
    private let pformer: PromptTransformer
    private let sentences: MaskedTokens
    private var optimizer: AdamW

    /// Stage 1: behind ViT-g, with the projection that serves the alignment alone.
    static func representation(batch: Int) -> AlignedStep {
        let pformer = PromptTransformer(.publishedOPT, weights: .unset)
        let base = RepresentationModel(.published, ids: .bertBaseUncased, weights: .unset)
        let model = AlignedRepresentationModel(base, teacher: pformer, weight: 10, weights: .unset)
        let sentences = tokens(batch, from: 1000, below: 30_000)
        let pairs = PairBatch(pixels: pixels(batch), sentences: sentences)
        let seen = Parameter(.normal([batch, 32, 768], deviation: 1, key: RandomKey(seed: 4)))
        return AlignedStep(model, pformer, sentences, { model.losses(on: pairs, $0) }) {
            model.projection(seen.value)
        }
    }

    /// Stage 2: behind ViT-g, in front of OPT-2.7b.
    static func captioning(batch: Int) -> AlignedStep {
        let pformer = PromptTransformer(.publishedOPT, weights: .unset)
        let base = VisionLanguageModel(.published, language: OPT(.opt2p7b, weights: .unset), weights: .unset)
        let model = AlignedVisionLanguageModel(base, teacher: pformer, weight: 100)
        let sentences = tokens(batch, from: 1000, below: 30_000)
        let captions = CaptionBatch(pixels: pixels(batch), target: TargetText(tokens(batch, from: 5, below: 50_000)))
        let pairs = AlignedCaptionBatch(captions: captions, sentences: sentences)
        let prompts = Parameter(.normal([batch, 32, 2560], deviation: 1, key: RandomKey(seed: 4)))
        return AlignedStep(model, pformer, sentences, { model.losses(on: pairs, $0) }) { prompts.value }
    }

    private init(
        _ model: some Module, _ pformer: PromptTransformer, _ sentences: MaskedTokens,
        _ losses: @escaping (Context) -> Losses, _ prompts: @escaping () -> Tensor
    ) {
        let teacher = Set(pformer.namedParameters.map { ObjectIdentifier($0.parameter) })
        RepeatedDraws.fill(model) { !teacher.contains(ObjectIdentifier($0)) }
        optimizer = AdamW(model, weightDecay: 0.05)
        (self.losses, self.prompts, self.pformer, self.sentences) = (losses, prompts, pformer, sentences)
    }

    /// The whole step: losses, gradients, AdamW.
    mutating func step(_ number: Int) {
        optimizer.step(losses(context(number)).total.gradients(), rate: 1e-6)
    }

    /// What the teacher adds to it: its prompts for the sentences, how far those of the images are from them, and the way
    /// back from there.
    func teach(_ number: Int) {
        let context = context(number)
        let target = withoutGradients { pformer(sentences, context.frozen(.teacher)) }
        _ = prompts().meanSquaredError(to: target).gradients()
    }

    private func context(_ number: Int) -> Context { .training(key: RandomKey(seed: UInt64(number))) }

    private static func pixels(_ batch: Int) -> Tensor {
        .normal([batch, 3, 224, 224], deviation: 1, key: RandomKey(seed: 2))
    }

    /// Sentences of 32 tokens.
    private static func tokens(_ batch: Int, from first: Int32, below end: Int32) -> MaskedTokens {
        var draws = RandomSequence(RandomKey(seed: 3))
        return MaskedTokens(
            IndexTensor((0..<batch * 32).map { _ in .random(in: first..<end, using: &draws) }, shape: [batch, 32]))
    }
}

/// Random weights of which the same million serve everywhere: billions of draws would take longer than what is measured.
private enum RepeatedDraws {
    /// Gives a model weights; frozen matrices that `narrows` accepts are kept in bfloat16.
    static func fill(_ model: some Module, narrows: (Parameter) -> Bool) {
        let numbers = Tensor.normal([1_000_003], deviation: 0.02, key: RandomKey(seed: 1)).scalars
        for (name, parameter) in model.namedParameters {
            let isNorm = name.contains("norm") || name.contains("Norm") || name.contains("ln_")
            let value = Tensor(shape: parameter.shape) { scalars in
                for start in stride(from: 0, to: scalars.count, by: numbers.count) {
                    let rest = UnsafeMutableBufferPointer(rebasing: scalars[start...])
                    _ = rest.update(fromContentsOf: numbers.prefix(rest.count))
                }
            }
            // Weights of norms near 1, so that numbers stay in a range that models work in.
            parameter.value = isNorm && name.hasSuffix("weight") ? value + 1 : value
            if parameter.isFrozen && narrows(parameter) { parameter.store(as: .bfloat16) }
        }
    }
}
