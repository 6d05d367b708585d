import ArgumentParser
import BLIP2
import Checkpoints
import Foundation
import Images
import JSON
import LanguageModels
import Layers
import Programs
import QFormer
import Tensors
import TextTokenizers
import VisionEncoder

struct Write: Program {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Writes a model of a published size with random weights, as it is published.")

    static var exampleSetting: String { FullSize.exampleSetting }

    static var examples: [String] {
        let start = "\(FullSize.invocation) write --tokenizer opt-2.7b --output .build/full-size/blip2-opt-2.7b"
        return [start, "\(start) --dtype bfloat16"]
    }

    enum Model: String, ExpressibleByArgument {
        case opt = "blip2-opt-2.7b"
        case t5 = "blip2-flan-t5-xl"
        case languageModel = "opt-2.7b"
    }

    @Option(help: "blip2-opt-2.7b, blip2-flan-t5-xl, or opt-2.7b, the language model alone.")
    var model = Model.opt

    @Option(help: "How weights are stored: float32, bfloat16 or float16.")
    var dtype = ScalarType.float16

    @Option(help: "A folder with the language model's tokenizer files.")
    var tokenizer: String

    @Option(help: "Names the draws.")
    var seed: UInt64 = 1

    @Option(help: "The folder to make.")
    var output: String

    func run() throws {
        let tokenizer = try TextTokenizers.load(URL(fileURLWithPath: tokenizer))
        let replacement = try FolderReplacement(of: URL(fileURLWithPath: output))
        let folder = ModelDirectory(replacement.folder)
        let entries = try model == .languageModel ? writeLanguageModel(folder) : writeCaptioner(folder)
        try tokenizer.save(to: folder.url)
        let draws = RepeatedDraws(RandomKey(seed: seed))
        try SafetensorsFolder().write(entries, to: folder.url) { entry in
            // A norm's weight is 1 and a bias 0, so that numbers stay in a range in which float16 is good.
            if entry.name.contains("norm"), entry.name.hasSuffix("weight") {
                return Tensor(repeating: 1, shape: entry.shape)
            }
            if entry.name.hasSuffix("bias") { return Tensor(zeros: entry.shape) }
            return draws.tensor(entry.shape)
        }
        try replacement.commit()
        print("wrote \(output): \(entries.count) tensors, \(entries.reduce(0) { $0 + $1.byteCount }) bytes")
    }

    /// Writes the configuration of the language model alone, and says what its weights are.
    private func writeLanguageModel(_ folder: ModelDirectory) throws -> [SafetensorsWriter.Entry] {
        try folder.write(LanguageDescription(Self.opt, Self.optTokens), to: "config.json")
        return entries(
            NamedTensors(OPT(Self.opt, weights: .unset).namedParameters.map { ($0.name, $0.parameter.value) }))
    }

    /// Writes the configurations of a captioner, and says what its weights are, by the names that transformers has for them.
    private func writeCaptioner(_ folder: ModelDirectory) throws -> [SafetensorsWriter.Entry] {
        let configuration = captioner
        try folder.write(Described(configuration), to: "config.json")
        try folder.write(
            EvaluationProcessor(size: configuration.vision.imageSize).preprocessorConfiguration,
            to: "preprocessor_config.json")
        let model = VisionLanguageModel(
            configuration.blip2, language: configuration.language.model(weights: .unset), weights: .unset)
        return try entries(
            NamedTensors(model.namedParameters.map { ($0.name, $0.parameter.value) })
                .renamed(by: HuggingFaceKeys.captioner(model.language.family)))
    }

    private func entries(_ weights: some TensorSource) -> [SafetensorsWriter.Entry] {
        weights.names.map { SafetensorsWriter.Entry($0, StoredType(dtype), weights.shape(of: $0) ?? []) }
    }

    private var captioner: CaptionerConfiguration {
        let isOPT = model == .opt
        return CaptionerConfiguration(
            vision: .evaG, qformer: .bertBase, language: isOPT ? .opt(Self.opt) : .t5(.flanXL), queryCount: 32,
            imageTokenID: isOPT ? 50265 : 32100,
            tokens: isOPT ? Self.optTokens : LanguageTokens(beginning: 1, end: 1, padding: 0))
    }

    private static let optTokens = LanguageTokens(beginning: 2, end: 50118, padding: 1)

    private static var opt: OPTConfiguration {
        var opt = OPTConfiguration.opt2p7b
        opt.vocabularyCount = 50304
        return opt
    }

    private struct Described: Encodable {
        private let configuration: CaptionerConfiguration

        init(_ configuration: CaptionerConfiguration) { self.configuration = configuration }

        private enum CodingKeys: String, CodingKey { case kind = "model_type" }

        func encode(to encoder: any Encoder) throws {
            try configuration.encode(to: encoder)
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(ModelKind.captioner, forKey: .kind)
        }
    }
}

/// Random numbers of which the same million serve for all weights, each time from another place on: billions of draws would
/// take longer than all that is measured.
private struct RepeatedDraws {
    private let numbers: [Float]

    init(_ key: RandomKey) { numbers = Tensor.normal([1_000_003], deviation: 0.02, key: key).scalars }

    func tensor(_ shape: Shape) -> Tensor {
        Tensor(shape: shape) { scalars in
            var place = scalars.count % 7919
            for index in scalars.indices {
                scalars[index] = numbers[place]
                place = place + 1 == numbers.count ? 0 : place + 1
            }
        }
    }
}

extension ScalarType: ExpressibleByArgument {}
