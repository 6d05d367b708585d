import BERT
import BLIP2
import Checkpoints
import Foundation
import JSON
import LanguageModels
import Layers
import PFormer
import Tensors
import TextTokenizers
import VisionEncoder

/// The weights of a folder, or of a file in any format that checkpoints come in.
func openWeights(_ path: String) throws -> any TensorSource {
    isFolder(path) ? try ModelDirectory(path).weights() : try Checkpoint.open(URL(fileURLWithPath: path))
}

/// The files that the weights under a path lie in: the file itself, or all of a folder.
func weightFiles(of path: String) -> [URL] {
    isFolder(path) ? ModelDirectory(path).checkpointFiles : [URL(fileURLWithPath: path)]
}

/// Whether a path leads to a folder. One that leads nowhere does if it has no ending of a checkpoint's.
func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) { return isFolder.boolValue }
    return ![".pth", ".pt", ".bin", ".safetensors"].contains { path.hasSuffix($0) }
}

/// A frozen language model with its tokenizer.
struct LanguagePart {
    /// The model, by its family.
    enum Kind {
        case opt(OPT)
        case t5(T5)
    }

    let kind: Kind
    let configuration: LanguageConfiguration
    let tokens: LanguageTokens
    let tokenizer: any Tokenizer

    /// Opens a folder as transformers writes it.
    ///
    /// - Throws: an error that names the file and the key that are missing or wrong.
    init(_ path: String, _ family: PFormerConfiguration.Family) throws {
        let directory = ModelDirectory(path)
        switch family {
        case .opt:
            let description = try directory.configuration(OPTDescription.self, kind: ModelKind.opt)
            let bytePairs = try BytePairTokenizer(directory: directory.url)
            configuration = .opt(description.configuration)
            // Quirk: a caption ends with a newline, whatever the published configuration says.
            tokens = try bytePairs.languageTokens(of: path)
            tokenizer = bytePairs
            kind = .opt(OPT(description.configuration, weights: .unset))
        case .t5:
            var sizes = try directory.configuration(T5Configuration.self, kind: ModelKind.t5)
            // Quirk: LAVIS gives Flan-T5 the exact GELU.
            sizes.activation = .gelu
            configuration = .t5(sizes)
            kind = .t5(T5(sizes, weights: .unset))
            tokens = try directory.configuration(LanguageTokens.self, kind: ModelKind.t5)
            tokenizer = try TextTokenizers.load(directory.url)
        }
        model.freeze()
        try model.fill(from: directory.weights(), allowing: LoadPolicy(unexpected: configuration.copies))
    }

    /// The model.
    var model: any LanguageModel {
        switch kind {
        case .opt(let model): model
        case .t5(let model): model
        }
    }
}

extension LanguageModel {
    fileprivate func fill(from source: any TensorSource, allowing policy: LoadPolicy) throws {
        try load(self, from: source, allowing: policy)
    }
}

extension PromptTransformer {
    /// The P-Former of stage 0, frozen, without the heads it was pretrained with.
    ///
    /// - Parameters:
    ///   - path: stage 0's folder, or a checkpoint under LAVIS's names
    ///   - bert: the folder of the BERT that it began as, whose sizes a checkpoint does not tell
    ///   - family: the kind of language model that it writes prompts for
    ///   - promptCount: how many vectors a prompt is to have
    ///   - languageWidth: how many elements each is to have; nil for what it was made for
    /// - Throws: an error that names the file and what is wrong with it.
    static func open(
        _ path: String, bert: String, _ family: PFormerConfiguration.Family, promptCount: Int,
        languageWidth: Int? = nil
    ) throws -> PromptTransformer {
        let source = try openWeights(path)
        let configuration =
            isFolder(path)
            ? try ModelDirectory(path).configuration(PFormerConfiguration.self, kind: ModelKind.promptTransformer)
            : try PFormerConfiguration(of: source, bert: bert, family)
        guard configuration.family == family else {
            throw FileError(
                file: path, problem: "is a P-Former for \(configuration.family.rawValue), wanted \(family.rawValue)")
        }
        let width = languageWidth ?? configuration.languageWidth
        guard configuration.promptCount == promptCount, configuration.languageWidth == width else {
            throw FileError(
                file: path,
                problem: "writes prompts of \(configuration.promptCount) vectors with \(configuration.languageWidth) "
                    + "elements, wanted \(promptCount) with \(width), as the queries' are")
        }
        let model = PromptTransformer(configuration, weights: .unset)
        model.freeze()
        try load(
            model, from: source, prefix: "Pformer.",
            allowing: LoadPolicy(unexpected: ["temp", "text_proj.*", "embeddings.position_ids"]))
        return model
    }
}

extension PFormerConfiguration {
    /// The sizes of a checkpoint's P-Former.
    fileprivate init(of source: any TensorSource, bert: String, _ family: Family) throws {
        let bert = try ModelDirectory(bert).configuration(BERTConfiguration.self, kind: ModelKind.bert)
        let name = "Pformer.\(family.rawValue)_proj.weight"
        guard let prompts = source.shape(of: "Pformer.cls_proj.weight"), let projection = source.shape(of: name),
            prompts.rank == 2, projection.rank == 2
        else {
            throw FileError(
                file: source.origin, problem: "holds no P-Former: the matrices Pformer.cls_proj.weight and \(name)")
        }
        self.init(
            bert: bert, promptCount: prompts[0] / bert.width, languageWidth: projection[0], family: family)
    }
}

/// The image encoder of a recipe: a folder of this library's, or EVA's file.
struct VisionPart {
    let configuration: ViTConfiguration
    let source: any TensorSource
    let prefix: String

    /// Opens an image encoder for pictures of a size, to which its position table is fitted.
    ///
    /// - Throws: an error that names the file and what is wrong with it.
    init(_ path: String, imageSize: Int) throws {
        let isFolder = isFolder(path)
        prefix = isFolder ? "visual_encoder." : ""
        var sizes =
            isFolder
            ? try ModelDirectory(path).configuration(ViTConfiguration.self, kind: ModelKind.vision) : .evaG
        try sizes.take(imageSize: imageSize, of: path)
        configuration = sizes
        source = FittedPositions(
            try openWeights(path), name: "\(prefix)pos_embed", gridSize: sizes.gridSize)
    }

    /// Fills an encoder of these sizes. Quirk: the last of EVA's 40 blocks is not used.
    func fill(_ encoder: VisionTransformer) throws {
        try load(
            encoder, from: source, prefix: prefix,
            allowing: LoadPolicy(
                unexpected: ["blocks.\(configuration.layerCount).*", "norm.*", "fc_norm.*", "head.*"]))
    }
}
