import BLIP2
import Checkpoints
import Foundation
import Images
import JSON
import LanguageModels
import Layers
import QFormer
import Tensors
import TestSupport
import Testing
import VisionEncoder

/// A captioner's matrices in each storage type, brought to it on loading or by a conversion.
struct WeightFormatsTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/captioner")
    private let scratch: TemporaryFolder

    init() throws { scratch = try TemporaryFolder() }

    private func model(_ formats: WeightFormats = .stored, in folder: URL = fixture) throws -> VisionLanguageModel {
        try VisionLanguageParts(directory: folder, formats: formats).model
    }

    private func convert(_ format: WeightFormat, _ url: URL = fixture, _ name: String) throws -> URL {
        var options = Conversion.Options()
        options.storage = format
        options.folder = SafetensorsFolder(shardLimit: 20_000)
        let conversion = try Conversion(of: url, options: options)
        #expect(conversion.account.isSound, "\(conversion.lines)")
        try conversion.write(to: scratch.file(name))
        return scratch.file(name)
    }

    /// A captioner wide enough to keep columns apart, one input channel of each matrix scaled.
    private func folderWithOutliers() throws -> URL {
        let fixture = try VisionLanguageParts(directory: Self.fixture)
        var sizes = try ModelDirectory(Self.fixture)
            .configuration(CaptionerConfiguration.self, kind: ModelKind.captioner)
        guard case .opt(var opt) = sizes.language else { throw CheckpointError(file: "fixture", problem: "is no OPT") }
        (opt.width, opt.feedForwardWidth) = (64, 96)
        (sizes.vision.width, sizes.vision.feedForwardWidth) = (64, 96)
        (sizes.qformer.bert.width, sizes.qformer.bert.feedForwardWidth, sizes.qformer.imageWidth) = (64, 96, 64)
        sizes.language = .opt(opt)
        let weights = InitialWeights.random(RandomKey(seed: 5))
        let model = VisionLanguageModel(
            sizes.blip2, language: sizes.language.model(weights: weights.child("language")), weights: weights)
        for (name, parameter) in model.namedParameters
        where parameter.shape.rank == 2 && !name.hasSuffix("embed_tokens.weight") {
            let width = parameter.shape[1]
            parameter.update { scalars in
                for place in scalars.indices where place % width == 3 { scalars[place] *= 40 }
            }
        }
        let folder = scratch.file("outliers")
        try VisionLanguageParts(
            model: model, tokenizer: fixture.tokenizer, processor: fixture.processor, prompt: fixture.prompt,
            tokens: sizes.tokens
        ).write(to: folder, sizes)
        return folder
    }

    /// Bytes of the zeros that a file holds for the biases of keys, of which the model has none.
    private func keyBiasBytes(_ model: VisionLanguageModel) -> Int {
        4 * model.images.encoder.configuration.layerCount * model.images.encoder.configuration.width
    }

    private func byteCount(_ model: VisionLanguageModel) -> Int {
        model.namedParameters.reduce(0) { $0 + $1.parameter.byteCount } + keyBiasBytes(model)
    }

    private func expectSame(_ one: VisionLanguageModel, _ other: VisionLanguageModel) {
        for (own, expected) in zip(one.namedParameters, other.namedParameters) {
            let int8 = [own, expected].map { $0.parameter.storage as? Int8Weights }
            #expect((int8[0] == nil) == (int8[1] == nil), "\(own.name)")
            if let first = int8[0], let second = int8[1] {
                #expect(first.levels.withBytes { Array($0) } == second.levels.withBytes { Array($0) }, "\(own.name)")
                #expect(first.outlierColumns == second.outlierColumns, "\(own.name)")
                expectSameBits(first.scales, second.scales, own.name)
            }
            expectSameBits(own.parameter.value.detached(), expected.parameter.value.detached(), own.name)
        }
    }

    @Test(arguments: WeightFormat.allCases) func matricesAreKeptInTheTypeAskedFor(_ format: WeightFormat) throws {
        let (whole, other) = (try model(), try model(WeightFormats(format)))
        var tables = 0
        for (own, expected) in zip(other.namedParameters, whole.namedParameters) {
            let isTable = own.name.hasSuffix("embed_positions.weight")
            tables += isTable ? 1 : 0
            let isSensitive = ["Qformer.", "opt_proj.", "opt_model.model.decoder.embed_tokens."].contains {
                own.name.hasPrefix($0)
            }
            let kept =
                own.parameter.shape.rank != 2 || isTable || format == .float32 || format == .int8 && isSensitive
            #expect((own.parameter.storage == nil) == kept, "\(own.name)")
            if kept { expectSameBits(own.parameter.value.detached(), expected.parameter.value.detached(), own.name) }
            #expect(own.parameter.isFrozen)
            expectClose(own.parameter.value, expected.parameter.value, within: 1e-2, own.name)
        }
        #expect(tables == 1)
    }

    @Test func partsHaveTypesOfTheirOwn() throws {
        var formats = WeightFormats(.bfloat16)
        formats.vision = .int8
        formats.language = nil
        let model = try model(formats)
        let kinds = Dictionary(grouping: model.namedParameters.filter { $0.parameter.shape.rank == 2 }) {
            $0.name.prefix { $0 != "." }
        }.mapValues { weights in Set(weights.map { $0.parameter.storage.map { "\(type(of: $0))" } ?? "Tensor" }) }
        #expect(
            kinds == [
                "visual_encoder": ["Int8Weights"], "Qformer": ["HalfWeights"], "opt_proj": ["HalfWeights"],
                "opt_model": ["Tensor"],
            ])
    }

    /// In an int8 folder what is no int8 matrix keeps its two bytes, or is in float32.
    @Test func matricesBesideInt8KeepTheirType() throws {
        let folder = try convert(.int8, convert(.float16, Self.fixture, "half"), "int8")
        let made = try Checkpoint.open(folder)
        let (words, query) = ("language_model.model.decoder.embed_tokens.weight", "language_projection.weight")
        #expect(made.type(of: words) == .float16 && made.type(of: query) == .float16)
        #expect(made.type(of: "language_projection.bias") == .float32)
        #expect(made.type(of: "language_model.model.decoder.layers.0.fc1.weight") == .int8)
        #expect(try captions(folder, .stored) == captions(scratch.file("half"), WeightFormats(.int8)))
    }

    private func captions(_ folder: URL, _ formats: WeightFormats) throws -> [String] {
        let picture = Image(width: 40, height: 24, pixels: (0..<40 * 24 * 3).map { UInt8($0 * 7 % 256) })
        return try Captioner(directory: folder, formats: formats).captions(of: [picture])
    }

    @Test(arguments: [WeightFormats.stored] + WeightFormat.allCases.map { WeightFormats($0) })
    func theEstimateIsWhatTheModelTakes(_ formats: WeightFormats) throws {
        let estimate = try MemoryEstimate(
            directory: Self.fixture, batchSize: 1, options: VisionLanguageParts.Options(), formats: formats)
        #expect(estimate.weightBytes == byteCount(try model(formats)))
    }

    /// Of a folder in int8 the columns kept apart are known beforehand.
    @Test func theEstimateOfAnInt8FolderCountsOutliers() throws {
        let folder = try convert(.int8, folderWithOutliers(), "int8")
        let estimate = try MemoryEstimate(directory: folder, batchSize: 1, options: VisionLanguageParts.Options())
        let model = try model(in: folder)
        #expect(estimate.weightBytes == byteCount(model))
        #expect(model.namedParameters.contains { ($0.parameter.storage as? Int8Weights)?.outliers != nil })
    }

    @Test func aFolderInInt8HoldsWhatRoundingOnLoadingGives() throws {
        for original in [Self.fixture, try folderWithOutliers()] {
            let folder = try convert(.int8, original, "int8")
            #expect(try Checkpoint.open(folder) is ShardedCheckpoint)
            expectSame(try model(in: folder), try model(WeightFormats(.int8), in: original))
            let configuration = try JSONDocument(contentsOf: folder.appending(path: "config.json")).root
            #expect(try configuration["quantization_config"]["quant_method"].string == "row-int8")
            #expect(try configuration["dtype"].string == "float32")
        }
    }

    @Test func anInt8FolderIsCopiedBitForBitAndWidened() throws {
        let folder = try convert(.int8, folderWithOutliers(), "int8")
        let copy = try convert(.int8, folder, "copy")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let (one, other) = (folder.appending(path: name), copy.appending(path: name))
            #expect(try Data(contentsOf: one) == Data(contentsOf: other), "\(name)")
        }
        let (wide, narrow) = (try model(in: convert(.float32, folder, "wide")), try model(in: folder))
        for (own, expected) in zip(wide.namedParameters, narrow.namedParameters) {
            expectSameBits(own.parameter.value.detached(), expected.parameter.value.detached(), own.name)
        }
    }

    /// With columns kept apart, for all the rows of a picture; but for the inputs of products, which int8 rounds to 8 bits.
    @Test func promptsAreThoseOfTheRoundedNumbersInFloat32() throws {
        let folder = try convert(.int8, folderWithOutliers(), "int8")
        let (narrow, wide) = (try model(in: folder), try model(in: convert(.float32, folder, "wide")))
        let size = narrow.images.encoder.configuration.imageSize
        let prompts = [narrow, wide].map { model in
            withoutGradients { model.prompts(for: noise([2, 3, size, size], seed: 3), .evaluation()) }
        }
        let difference = Difference(prompts[0].scalars, prompts[1].scalars, shape: prompts[1].shape)
        #expect(difference.relativeNorm > 0 && difference.relativeNorm < 2e-2, "\(difference)")
    }

    @Test func foldersRoundedInOtherWaysAreRefused() throws {
        let folder = try convert(.int8, Self.fixture, "int8")
        let file = folder.appending(path: "config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacingOccurrences(of: "row-int8", with: "gptq").write(to: file, atomically: true, encoding: .utf8)
        let error = #expect(throws: FileError.self) { try model(in: folder) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("its quantization_config is of gptq, wanted row-int8"))
        #expect(throws: FileError.self) { try Conversion(of: folder) }
    }

    @Test func aFolderWithoutItsSettingsIsNotReadAsFloats() throws {
        let folder = try convert(.int8, Self.fixture, "int8")
        let plain = try Data(contentsOf: Self.fixture.appending(path: "config.json"))
        try plain.write(to: folder.appending(path: "config.json"))
        #expect(throws: (any Error).self) { try model(in: folder) }
    }
}
