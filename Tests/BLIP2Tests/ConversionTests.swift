import BERT
import BLIP2
import Checkpoints
import Foundation
import Images
import JSON
import Layers
import Tensors
import TestSupport
import Testing
import TextTokenizers
import VisionEncoder

/// Conversion loses nothing: what comes out holds the bits that went in, and every key is accounted for.
struct ConversionTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/captioner")
    private let scratch: TemporaryFolder
    private let original: any StoredCheckpoint

    init() throws {
        scratch = try TemporaryFolder()
        original = try Checkpoint.open(Self.fixture)
    }

    private func options(_ storage: WeightFormat = .float32) -> Conversion.Options {
        var options = Conversion.Options()
        options.storage = storage
        return options
    }

    private func captions(_ folder: URL) throws -> [String] {
        let pictures = (7..<10).map { (step: Int) -> Image in
            let pixels = (0..<40 * 24 * 3).map { (place: Int) -> UInt8 in UInt8((place * step + place / 11) % 256) }
            return Image(width: 40, height: 24, pixels: pixels)
        }
        return try Captioner(directory: folder).captions(of: pictures)
    }

    /// Expects the tensors of the original in a folder, in a type.
    private func expectTensors(_ folder: URL, _ type: ScalarType, _ expected: any TensorSource) throws {
        let made = try Checkpoint.open(folder)
        let copies = Set(expected.names).subtracting(made.names)
        #expect(copies.isSubset(of: ["language_model.lm_head.weight"]), "\(copies)")
        #expect(Set(made.names).isSubset(of: expected.names))
        for name in made.names {
            let (own, other) = (try made.tensor(named: name), try expected.tensor(named: name).stored(as: type))
            #expect(own.scalarType == type)
            expectSameBits(own, other, name)
        }
    }

    @Test(arguments: ScalarType.allCases) func aFolderOfTransformersKeepsItsBits(_ type: ScalarType) throws {
        var options = options(try #require(WeightFormat(rawValue: type.rawValue)))
        options.folder = SafetensorsFolder(shardLimit: 20_000)
        let conversion = try Conversion(of: Self.fixture, options: options)
        #expect(conversion.account.isSound)
        #expect(conversion.byteCount == conversion.entries.reduce(0) { $0 + $1.shape.count * type.byteCount })
        let folder = scratch.file("out")
        try conversion.write(to: folder)
        #expect(try Checkpoint.open(folder) is ShardedCheckpoint)
        try expectTensors(folder, type, original)
        #expect(scratch.names == ["out"], "nothing else is left")
        let configuration = try JSONDocument(contentsOf: folder.appending(path: "config.json")).root
        #expect(try configuration["dtype"].string == type.rawValue)
        let generation = try JSONDocument(contentsOf: folder.appending(path: "generation_config.json")).root
        #expect(try generation["convention"].string == "lavis" && generation["prompt"].string == "a")
        if type == .float32 { #expect(try captions(folder) == captions(Self.fixture)) }
    }

    /// The fixture as LAVIS would store it: what trained in one file, what was frozen in files of their own.
    private func split() throws -> (checkpoint: URL, vision: URL, language: URL) {
        let model = try VisionLanguageParts(directory: Self.fixture).model
        let weights = model.namedParameters.map { (name: $0.name, tensor: $0.parameter.value.detached()) }
        func part(_ prefix: String) -> [(name: String, tensor: Tensor)] {
            weights.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) }
        }
        let (checkpoint, vision) = (scratch.file("checkpoint_9.safetensors"), scratch.file("eva.safetensors"))
        let trained = weights.filter { !$0.name.hasPrefix("visual_encoder.") && !$0.name.hasPrefix("opt_model.") }
        try Safetensors.write(
            trained + [
                ("Qformer.bert.embeddings.position_ids", Tensor(zeros: [1, 4])), ("Pformer.x", Tensor(zeros: [1])),
            ],
            to: checkpoint)
        try Safetensors.write(
            part("visual_encoder.") + [
                ("blocks.9.norm1.weight", Tensor(zeros: [2])), ("head.bias", Tensor(zeros: [2])),
            ],
            to: vision)
        let language = scratch.file("language")
        let sizes = try ModelDirectory(Self.fixture).configuration(
            CaptionerConfiguration.self, kind: ModelKind.captioner)
        guard case .opt(let opt) = sizes.language else { throw CheckpointError(file: "fixture", problem: "is no OPT") }
        try ModelDirectory(language).write(
            OPTDescription(opt, LanguageTokens(beginning: 2, end: 2, padding: 1)), kind: ModelKind.opt,
            part("opt_model.model.").map { ($0.name, $0.tensor) })
        try VisionLanguageParts(directory: Self.fixture).tokenizer.save(to: language)
        return (checkpoint, vision, language)
    }

    @Test func partsOfLAVISMakeTheSameFolder() throws {
        let parts = try split()
        var options = options()
        options.vision = parts.vision
        options.language = parts.language
        options.sizes = Self.fixture.appending(path: "config.json")
        options.prompt = "a"
        let conversion = try Conversion(of: parts.checkpoint, options: options)
        #expect(conversion.account.isSound, "\(conversion.lines)")
        #expect(
            conversion.account.dispensed.flatMap(\.names).sorted() == [
                "Pformer.x", "Qformer.bert.embeddings.position_ids", "visual_encoder.blocks.9.norm1.weight",
                "visual_encoder.head.bias",
            ])
        let folder = scratch.file("out")
        try conversion.write(to: folder)
        try expectTensors(folder, .float32, original)
        let tokens = try ModelDirectory(folder).configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
            .tokens
        #expect(tokens.end == 202, "captions end with the newline, whatever ends texts of the language model")
        #expect(try captions(folder) == captions(Self.fixture))
        #expect(try Captioner(directory: folder).parts.convention == .lavis)
    }

    @Test func anImageEncoderOfItsOwnBecomesAFolder() throws {
        let parts = try split()
        var options = options()
        options.sizes = Self.fixture.appending(path: "config.json")
        let conversion = try Conversion(of: parts.vision, options: options)
        #expect(conversion.account.isSound && conversion.account.dispensed.flatMap(\.names).count == 2)
        try conversion.write(to: scratch.file("out"))
        let folder = ModelDirectory(scratch.file("out"))
        let sizes = try folder.configuration(ViTConfiguration.self, kind: ModelKind.vision)
        let encoder = VisionTransformer(sizes, weights: .unset)
        try load(encoder, from: folder.weights(), prefix: "visual_encoder.")
        let expected = try VisionLanguageParts(directory: Self.fixture).model.images.encoder
        for (own, other) in zip(encoder.namedParameters, expected.namedParameters) {
            expectSameBits(own.parameter.value.detached(), other.parameter.value.detached(), own.name)
        }
    }

    /// A file as the first BERTs were published: norms with gamma and beta, heads, position numbers.
    @Test func aBERTOfItsOwnBecomesAFolder() throws {
        let sizes = BERTConfiguration.tiny
        let model = BERTModel(sizes, weights: .random(RandomKey(seed: 4)))
        let weights = model.namedParameters.map { (name: $0.name, tensor: $0.parameter.value.detached()) }
        let published = weights.map { name, tensor in
            let old = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                .replacing("LayerNorm.bias", with: "LayerNorm.beta")
            return (name: "bert.\(old)", tensor: tensor)
        }
        let original = ModelDirectory(scratch.file("bert"))
        try original.write(
            sizes, kind: ModelKind.bert,
            published + [
                ("cls.predictions.bias", Tensor(zeros: [3])), ("bert.embeddings.position_ids", Tensor(zeros: [1, 4])),
            ])
        let texts = ["a red circle", "two blue squares"]
        try WordPieceTokenizer.trained(on: texts, vocabularyCount: 200).save(to: original.url)
        let conversion = try Conversion(of: original.url, options: options())
        #expect(conversion.account.isSound, "\(conversion.lines)")
        #expect(conversion.account.dispensed.flatMap(\.names).count == 2)
        try conversion.write(to: scratch.file("out"))
        let folder = ModelDirectory(scratch.file("out"))
        let made = try folder.weights()
        #expect(made.names.sorted() == weights.map(\.name).sorted())
        for (name, tensor) in weights { expectSameBits(try made.tensor(named: name), tensor, name) }
        #expect(try folder.configuration(BERTConfiguration.self, kind: ModelKind.bert) == sizes)
        #expect(FileManager.default.fileExists(atPath: folder.file("vocab.txt").path))
    }

    @Test func whatIsMissingIsNamed() throws {
        let parts = try split()
        func refusal(_ change: (inout Conversion.Options) -> Void) -> String {
            var options = options()
            options.vision = parts.vision
            options.language = parts.language
            options.sizes = Self.fixture.appending(path: "config.json")
            change(&options)
            do {
                try Conversion(of: parts.checkpoint, options: options).write(to: scratch.file("out"))
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal { $0.vision = nil }.contains("missing: the image encoder, which LAVIS froze"))
        #expect(refusal { $0.language = nil }.contains("wanted the folder of the language model"))
        #expect(refusal { $0.sizes = nil }.contains("does not have heads of 88"))
        #expect(refusal { $0.vision = parts.checkpoint }.contains("is no image encoder"))
        #expect(refusal { $0.vision = scratch.file("nowhere") }.contains("there is no such file"))
        #expect(!scratch.names.contains("out"))
    }

    /// What a checkpoint has no use for is refused: passed over in silence, it would be taken for obeyed.
    @Test func whatIsOfNoUseIsNamed() throws {
        let parts = try split()
        let file = Self.fixture.appending(path: "config.json")
        let all: [(part: Conversion.Part, give: (inout Conversion.Options) -> Void)] = [
            (.vision, { $0.vision = parts.vision }), (.language, { $0.language = parts.language }),
            (.tokenizer, { $0.tokenizer = Self.fixture }), (.sizes, { $0.sizes = file }),
            (.convention, { $0.convention = .lavis }), (.prompt, { $0.prompt = "a photo of" }),
        ]
        let taken: [(url: URL, parts: Set<Conversion.Part>)] = [
            (Self.fixture, [.tokenizer, .convention, .prompt]), (parts.vision, [.sizes]),
            (parts.language, [.tokenizer]), (parts.checkpoint, Set(Conversion.Part.allCases)),
        ]
        for (url, taken) in taken {
            for (part, give) in all {
                var options = options()
                if url == parts.checkpoint {
                    (options.vision, options.language, options.sizes) = (parts.vision, parts.language, file)
                }
                if url == parts.vision { options.sizes = file }
                give(&options)
                do {
                    _ = try Conversion(of: url, options: options)
                    #expect(taken.contains(part), "\(url.lastPathComponent) took \(part)")
                } catch let unused as Conversion.UnusedPart {
                    #expect(!taken.contains(part), "\(unused)")
                    #expect(unused.part == part && unused.description.hasPrefix("\(url.path): is "), "\(unused)")
                }
            }
        }
    }

    @Test func unknownAndMisshapenKeysAreNamed() throws {
        let parts = try split()
        var weights = try original.names.map { (name: $0, tensor: try original.tensor(named: $0)) }
        weights.removeAll { $0.name == "query_tokens" || $0.name == "language_projection.bias" }
        weights += [
            ("query_tokens", Tensor(zeros: [1, 5, 16])), ("language_model.adapter.weight", Tensor(zeros: [2])),
        ]
        let folder = scratch.file("changed")
        try FileManager.default.copyItem(at: Self.fixture, to: folder)
        try Safetensors.write(weights, to: folder.appending(path: "model.safetensors"))
        let conversion = try Conversion(of: folder, options: options())
        let account = conversion.account
        #expect(account.missing == ["opt_proj.bias"])
        #expect(account.unexpected.map(\.name) == ["opt_model.adapter.weight"])
        #expect(account.misshapen.map(\.name) == ["query_tokens"])
        #expect(throws: ConversionError.self) { try conversion.write(to: scratch.file("out")) }
        _ = parts
    }

    @Test func inspectionTellsWhatIsNeeded() throws {
        let parts = try split()
        let inspection = try CheckpointInspection(parts.checkpoint)
        #expect(inspection.kind == .lavisCaptioner)
        #expect(inspection.needs.map { $0.prefix(20) } == ["the frozen image enc", "the frozen language "])
        #expect(try CheckpointInspection(parts.vision).kind == .vision)
        #expect(try CheckpointInspection(parts.language).kind == .opt)
        let whole = try CheckpointInspection(Self.fixture)
        #expect(whole.kind == .huggingFaceCaptioner && whole.needs.isEmpty)
        #expect(whole.entries.count == original.names.count)
    }
}
