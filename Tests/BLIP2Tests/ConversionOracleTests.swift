import BLIP2
import Checkpoints
import Foundation
import Tensors
import TestSupport
import Testing

/// Conversion of what the reference and transformers wrote: nothing is lost.
@Suite(.enabled(if: OracleFolder.isNamed, OracleFolder.whenNamed))
struct ConversionOracleTests {
    @Test func foldersOfTransformersKeepTheirBits() throws {
        let folder = try OracleFolder().file("hf")
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        let scratch = try TemporaryFolder()
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let url = folder.appendingPathComponent(name)
            let kind = try CheckpointInspection(url).kind
            var options = Conversion.Options()
            options.storage = .float32
            options.tokenizer =
                [.huggingFaceMatcher, .bert].contains(kind)
                ? try Self.vocabulary(scratch) : fixtures.appending(path: "captioner")
            let output = scratch.file(name)
            try Conversion(of: url, options: options).write(to: output)
            let (made, original) = (try Checkpoint.open(output), try Checkpoint.open(url))
            for name in made.names {
                var expected = try original.tensor(named: name)
                // EVA's keys have no bias, and one of a made model changes nothing: it is not kept.
                if name.hasSuffix(".self_attn.qkv.bias") { Self.clearKeys(of: &expected) }
                expectSameBits(try made.tensor(named: name), expected, name)
            }
            let left = Set(original.names).subtracting(made.names)
            #expect(
                left.allSatisfy { $0.hasSuffix("lm_head.weight") || $0.hasSuffix("embed_tokens.weight") }, "\(left)")
            count += 1
        }
        #expect(count > 0)
    }

    private static func clearKeys(of bias: inout Tensor) {
        let width = bias.count / 3
        bias.withMutableScalars { scalars in
            for place in width..<2 * width { scalars[place] = 0 }
        }
    }

    private static func vocabulary(_ scratch: TemporaryFolder) throws -> URL {
        let file = try OracleFolder().file("common/bert-vocab-small.txt")
        try scratch.write(Array(try Data(contentsOf: file)), "vocabulary/vocab.txt")
        return scratch.file("vocabulary")
    }

    /// A checkpoint of stage 0 as PyTorch wrote it.
    @Test func theFileOfPyTorchHoldsWhatItsTwinHolds() throws {
        let scratch = try TemporaryFolder()
        let folder = try OracleFolder().file("blitext")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let file = folder.appendingPathComponent("\(name)/model.pth")
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            let oracle = try OracleCase(folder.appendingPathComponent(name))
            var options = Conversion.Options()
            options.storage = .float32
            options.tokenizer = try Self.vocabulary(scratch)
            options.sizes = scratch.file("sizes.json")
            try JSONEncoder().encode(OracleSizes(oracle).pformer()).write(to: scratch.file("sizes.json"))
            let output = scratch.file(name)
            try Conversion(of: file, options: options).write(to: output)
            let (made, twin) = (
                try Checkpoint.open(output),
                try Checkpoint.open(file.deletingPathExtension().appendingPathExtension("safetensors"))
            )
            #expect(made.names.contains("Pformer.cls_proj.weight"))
            for name in made.names { expectSameBits(try made.tensor(named: name), try twin.tensor(named: name), name) }
        }
    }
}
