import BERT
import Checkpoints
import Foundation
import Images
import JSON
import LanguageModels
import PFormer
import Tensors
import TextTokenizers

extension Conversion {
    /// Plans the conversion of a checkpoint, whatever it is.
    ///
    /// - Parameters:
    ///   - url: a file or a folder, of LAVIS, of transformers, or of a part
    ///   - options: what is taken from elsewhere, and what comes out
    /// - Throws: `UnusedPart` for an option that the checkpoint has no use for, and errors that name the file and say what
    ///   is wanted.
    public init(of url: URL, options: Options = Options()) throws {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
        let folder = ModelDirectory(isFolder.boolValue ? url : url.deletingLastPathComponent())
        let checkpoint = isFolder.boolValue ? try folder.weights() : try Checkpoint.open(url)
        guard let kind = CheckpointKind(names: checkpoint.names) else {
            throw CheckpointError(
                file: url.path,
                problem: "holds no model that is known; wanted one of BLIP-2, OPT, T5, BERT, EVA, or a P-Former")
        }
        try options.check(kind, in: url)
        switch kind {
        case .huggingFaceCaptioner: try self.init(captioner: folder, checkpoint, options)
        case .huggingFaceMatcher: try self.init(matcher: folder, checkpoint, options)
        case .lavisCaptioner: try self.init(lavisCaptioner: checkpoint, options)
        case .lavisRepresentation: try self.init(lavisMatcher: checkpoint, folder, options)
        case .prompts: try self.init(prompts: checkpoint, options)
        case .opt, .t5: try self.init(language: folder, checkpoint, kind, options)
        case .vision: try self.init(vision: checkpoint, options)
        case .bert: try self.init(bert: folder, checkpoint, options)
        }
    }

    // MARK: From transformers

    private init(captioner folder: ModelDirectory, _ checkpoint: any StoredCheckpoint, _ options: Options) throws {
        let configuration = try folder.configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        let family = if case .opt = configuration.language { "opt" } else { "t5" }
        let generation = try folder.settingsIfPresent(GenerationSettings.self, in: "generation_config.json")
        try self.init(
            [ConversionInput("model", checkpoint, .huggingFaceCaptioner, family: family)],
            to: .captioner(configuration),
            companions: CompanionFiles(
                tokenizer: TextTokenizers.load(options.tokenizer ?? folder.url),
                processor: folder.processor(size: configuration.vision.imageSize),
                generation: GenerationSettings(
                    tokens: configuration.tokens, prompt: options.prompt ?? generation?.prompt ?? "",
                    convention: options.convention ?? generation?.effectiveConvention ?? .huggingFace)),
            options: options)
    }

    private init(matcher folder: ModelDirectory, _ checkpoint: any StoredCheckpoint, _ options: Options) throws {
        let sizes = try folder.configuration(RetrievalConfiguration.self, kind: ModelKind.captioner).blip2
        try self.init(
            [ConversionInput("model", checkpoint, .huggingFaceMatcher, family: nil)], to: .matcher(sizes),
            companions: CompanionFiles(
                tokenizer: WordPieceTokenizer(directory: options.tokenizer ?? folder.url),
                processor: folder.processor(size: sizes.vision.imageSize)),
            options: options)
    }

    private init(
        language folder: ModelDirectory, _ checkpoint: any StoredCheckpoint, _ kind: CheckpointKind, _ options: Options
    ) throws {
        let configuration = try folder.settings(LanguageConfiguration.self, in: "config.json")
        let tokens = try folder.settings(LanguageTokens.self, in: "config.json")
        try self.init(
            [ConversionInput("language model", checkpoint, kind, family: nil)], to: .language(configuration, tokens),
            companions: CompanionFiles(tokenizer: TextTokenizers.load(options.tokenizer ?? folder.url)),
            options: options)
    }

    private init(bert folder: ModelDirectory, _ checkpoint: any StoredCheckpoint, _ options: Options) throws {
        let input = try ConversionInput("BERT", checkpoint, .bert, family: nil)
        let sizes = try folder.configuration(BERTConfiguration.self, kind: ModelKind.bert)
        try self.init(
            [input], to: .bert(sizes, hasPooler: input.source.shape(of: "bert.pooler.dense.weight") != nil),
            companions: CompanionFiles(tokenizer: WordPieceTokenizer(directory: options.tokenizer ?? folder.url)),
            options: options)
    }

    // MARK: From LAVIS

    private init(vision checkpoint: any StoredCheckpoint, _ options: Options) throws {
        let input = try ConversionInput("image encoder", checkpoint, .vision, family: nil)
        let sizes = try options.sizes.map { try Self.sizes(in: $0).vision } ?? InferredSizes(input.source).vision()
        try self.init([input], to: .vision(sizes), companions: CompanionFiles(), options: options)
    }

    private init(lavisCaptioner checkpoint: any StoredCheckpoint, _ options: Options) throws {
        var inputs = [try ConversionInput("Q-Former", checkpoint, .lavisCaptioner, family: nil)]
        inputs += try Self.vision(options)
        guard let directory = options.language else {
            throw CheckpointError(
                file: checkpoint.origin,
                problem:
                    "is of LAVIS, which stores neither the sizes of the language model nor its tokenizer; wanted the "
                    + "folder of the language model")
        }
        let folder = ModelDirectory(directory)
        let language = try folder.settings(LanguageConfiguration.self, in: "config.json")
        var tokens = try folder.settings(LanguageTokens.self, in: "config.json")
        let tokenizer = try TextTokenizers.load(options.tokenizer ?? directory)
        let isOPT: Bool
        switch language {
        case .opt:
            isOPT = true
            // Quirk: captions end where a line does.
            guard let newline = tokenizer.encode("\n", addingSpecialTokens: false).first else {
                throw FileError(file: directory.path, problem: "its tokenizer has no token for a newline")
            }
            tokens.end = newline
        case .t5: isOPT = false
        }
        inputs.append(
            try ConversionInput("language model", folder.weights(), isOPT ? .opt : .t5, family: nil))
        let sizes = try Self.blip2(inputs, options)
        let configuration = CaptionerConfiguration(
            vision: sizes.vision, qformer: sizes.qformer, language: language, queryCount: sizes.queryCount,
            imageTokenID: min(tokenizer.vocabularyCount, language.vocabularyCount - 1), tokens: tokens)
        try self.init(
            inputs, to: .captioner(configuration),
            companions: CompanionFiles(
                tokenizer: tokenizer, processor: EvaluationProcessor(size: sizes.vision.imageSize),
                generation: GenerationSettings(
                    tokens: tokens, prompt: options.prompt ?? (isOPT ? "a photo of" : ""),
                    convention: options.convention ?? .lavis)),
            options: options)
    }

    private init(
        lavisMatcher checkpoint: any StoredCheckpoint, _ folder: ModelDirectory, _ options: Options
    ) throws {
        let inputs =
            [try ConversionInput("Q-Former", checkpoint, .lavisRepresentation, family: nil)]
            + (try Self.vision(options))
        // This library's own folders say their sizes, and have their vocabulary beside the weights.
        let isOwn = (try? folder.isKind(ModelKind.representation)) ?? false
        var options = options
        if isOwn && options.tokenizer == nil { options.tokenizer = folder.url }
        let sizes =
            isOwn && options.sizes == nil
            ? try folder.configuration(RepresentationConfiguration.self, kind: ModelKind.representation).blip2
            : try Self.blip2(inputs, options)
        try self.init(
            inputs, to: .matcher(sizes),
            companions: CompanionFiles(
                tokenizer: Self.vocabulary(checkpoint, options),
                processor: EvaluationProcessor(size: sizes.vision.imageSize)),
            options: options)
    }

    private init(prompts checkpoint: any StoredCheckpoint, _ options: Options) throws {
        let input = try ConversionInput("P-Former", checkpoint, .prompts, family: nil)
        let sizes =
            if let file = options.sizes {
                try ModelDirectory(file.deletingLastPathComponent())
                    .settings(PFormerConfiguration.self, in: file.lastPathComponent)
            } else {
                try InferredSizes(input.source).pformer()
            }
        try self.init(
            [input], to: .prompts(sizes),
            companions: CompanionFiles(tokenizer: Self.vocabulary(checkpoint, options)), options: options)
    }

    private static func vision(_ options: Options) throws -> [ConversionInput] {
        guard let url = options.vision else { return [] }
        let checkpoint = try Checkpoint.open(url)
        guard CheckpointKind(names: checkpoint.names) == .vision else {
            throw CheckpointError(file: url.path, problem: "is no image encoder; wanted eva_vit_g.pth, or one like it")
        }
        return [try ConversionInput("image encoder", checkpoint, .vision, family: nil)]
    }

    private static func vocabulary(
        _ checkpoint: any StoredCheckpoint, _ options: Options
    ) throws -> WordPieceTokenizer {
        guard let directory = options.tokenizer else {
            throw CheckpointError(
                file: checkpoint.origin,
                problem: "is of LAVIS, which does not store a vocabulary; wanted a tokenizer's folder with "
                    + "bert-base-uncased's vocab.txt")
        }
        return try WordPieceTokenizer(directory: directory)
    }

    private static func sizes(in file: URL) throws -> BLIP2Configuration {
        try ModelDirectory(file.deletingLastPathComponent())
            .settings(RetrievalConfiguration.self, in: file.lastPathComponent).blip2
    }

    /// The sizes of the image side: those of a `config.json`, or those that the shapes tell.
    private static func blip2(_ inputs: [ConversionInput], _ options: Options) throws -> BLIP2Configuration {
        if let file = options.sizes { return try sizes(in: file) }
        let names = inputs.flatMap(\.source.names)
        guard names.contains("visual_encoder.patch_embed.proj.weight") else {
            throw CheckpointError(
                file: inputs[0].checkpoint.origin,
                problem: "does not hold the image encoder, which LAVIS froze and did not store; wanted eva_vit_g.pth")
        }
        return try InferredSizes(GatheredSource(inputs, wanted: names)).blip2()
    }
}
