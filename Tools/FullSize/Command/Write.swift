import ArgumentParser
import BLIP2
import Checkpoints
import Foundation
import Images
import JSON
import Layers
import Programs
import PyTorchWriting
import Tensors
import TextTokenizers

struct Write: Program {
    static let configuration = CommandConfiguration(
        commandName: "write",
        abstract: "Writes a model of a published size with random weights, as it is published.",
        discussion: """
            As transformers publishes it, a captioner is one folder. As LAVIS does, it is three things in one folder: the \
            frozen image encoder in eva_vit_g.pth, what was trained in checkpoint_9.pth, and the frozen language model in \
            a folder of its own.
            """)

    static var exampleSetting: String { FullSize.exampleSetting }

    static var examples: [String] {
        let start = "\(FullSize.invocation) write --tokenizer opt-2.7b --output .build/full-size/blip2-opt-2.7b"
        return [start, "\(start) --dtype bfloat16", "\(start) --layout lavis"]
    }

    enum Layout: String, ExpressibleByArgument { case transformers, lavis }

    @Option(help: "blip2-opt-2.7b, blip2-flan-t5-xl, or a language model alone: opt-2.7b, flan-t5-xl.")
    var model = PublishedModel.captionerOPT

    @Option(help: "As whom a captioner is published: transformers or lavis.")
    var layout = Layout.transformers

    @Option(help: "How weights are stored: float32, bfloat16 or float16; of LAVIS's files that of the language model.")
    var dtype = ScalarType.float16

    @Option(help: "A folder with the language model's tokenizer files.")
    var tokenizer: PathArgument

    @Option(help: "Where the random draws come from.")
    var seed: UInt64 = 1

    @Option(help: "The folder to make.")
    var output: PathArgument

    func validate() throws {
        if layout == .lavis && model.captioner == nil {
            throw ValidationError("--layout lavis is for captioners; LAVIS takes language models from transformers.")
        }
    }

    func run() throws {
        let replacement = try FolderReplacement(of: output.url)
        let writer = ModelWriter(model, dtype, try TextTokenizers.load(tokenizer.url), seed: seed)
        switch (layout, model.captioner) {
        case (.transformers, let captioner?): try writer.write(captioner, to: replacement.folder)
        case (.lavis, let captioner?): try writer.writeSplit(captioner, to: replacement.folder)
        case (_, nil): try writer.writeLanguageModel(to: replacement.folder)
        }
        try replacement.commit()
        print("wrote \(output)")
    }
}

/// The names of a captioner's files as LAVIS publishes them.
enum SplitFiles {
    static let vision = "eva_vit_g.pth"
    static let checkpoint = "checkpoint_9.pth"
    static let language = "language_model"
}

/// Writes a model's files.
private struct ModelWriter {
    private let model: PublishedModel
    private let type: ScalarType
    private let tokenizer: any Tokenizer
    private let weights: RandomWeights

    init(_ model: PublishedModel, _ type: ScalarType, _ tokenizer: any Tokenizer, seed: UInt64) {
        self.model = model
        self.type = type
        self.tokenizer = tokenizer
        weights = RandomWeights(seed: seed)
    }

    /// The language model alone.
    func writeLanguageModel(to folder: URL) throws {
        try model.writeLanguageConfiguration(to: ModelDirectory(folder))
        let parameters: [NamedParameter] = model.language.model(weights: .unset).namedParameters
        try write(entries(parameters, StoredType(type)), to: folder)
    }

    /// A captioner as transformers publishes it.
    func write(_ captioner: CaptionerConfiguration, to folder: URL) throws {
        let directory = ModelDirectory(folder)
        try directory.write(Described(captioner), to: "config.json")
        try directory.write(
            EvaluationProcessor(size: captioner.vision.imageSize).preprocessorConfiguration,
            to: "preprocessor_config.json")
        let model = made(captioner)
        let renamed = try NamedTensors(model.namedParameters.map { ($0.name, $0.parameter.value) })
            .renamed(by: HuggingFaceKeys.captioner(model.language.family))
        try write(
            renamed.names.map { SafetensorsWriter.Entry($0, StoredType(type), renamed.shape(of: $0) ?? []) },
            to: folder)
    }

    /// A captioner as LAVIS publishes it: EVA in float16 with the block that BLIP-2 leaves out, what was trained in
    /// float32, and the language model.
    func writeSplit(_ captioner: CaptionerConfiguration, to folder: URL) throws {
        let parameters = made(captioner).namedParameters
        let language = "\(captioner.language.model(weights: .unset).family)_model."
        let (eva, last) = ("visual_encoder.", "blocks.\(captioner.vision.layerCount - 1).")
        var vision = entries(parameters.filter { $0.name.hasPrefix(eva) }, .float16, without: eva)
        vision += vision.filter { $0.name.hasPrefix(last) }.map {
            SafetensorsWriter.Entry(
                $0.name.replacing(last, with: "blocks.\(captioner.vision.layerCount)."), $0.type, $0.shape)
        }
        let trained = entries(
            parameters.filter { !$0.name.hasPrefix(eva) && !$0.name.hasPrefix(language) }, .float32)
        try PyTorchWriter.write(vision, to: folder.appendingPathComponent(SplitFiles.vision)) {
            weights.tensor($0.name, $0.shape)
        }
        try PyTorchWriter.write(trained, section: "model", to: folder.appendingPathComponent(SplitFiles.checkpoint)) {
            weights.tensor($0.name, $0.shape)
        }
        let own = folder.appendingPathComponent(SplitFiles.language)
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        try writeLanguageModel(to: own)
    }

    private func made(_ captioner: CaptionerConfiguration) -> VisionLanguageModel {
        VisionLanguageModel(
            captioner.blip2, language: captioner.language.model(weights: .unset), weights: .unset)
    }

    private func entries(
        _ parameters: [NamedParameter], _ type: StoredType, without prefix: String = ""
    ) -> [SafetensorsWriter.Entry] {
        parameters.map { SafetensorsWriter.Entry(String($0.name.dropFirst(prefix.count)), type, $0.parameter.shape) }
    }

    private func write(_ entries: [SafetensorsWriter.Entry], to folder: URL) throws {
        try tokenizer.save(to: folder)
        try SafetensorsFolder().write(entries, to: folder) { weights.tensor($0.name, $0.shape) }
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

extension ScalarType: ExpressibleByArgument {}
