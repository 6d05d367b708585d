import JSON
import QFormer
import VisionEncoder

/// Whether a `config.json` describes a model that can be made at all, of the kind that is known here. What its sizes should be
/// the weights tell, but those are loaded into a model of these sizes.
struct SizeCheck {
    private static let sizes: [(keys: [String], range: ClosedRange<Int>)] = [
        (
            [
                "hidden_size", "encoder_hidden_size", "word_embed_proj_dim", "image_text_hidden_size", "contrastWidth",
                "d_model", "d_kv",
            ], 1...32_768
        ),
        (["intermediate_size", "ffn_dim", "d_ff"], 1...131_072),
        (["num_hidden_layers", "num_layers", "num_decoder_layers", "cross_attention_frequency"], 1...512),
        (["num_attention_heads", "num_heads"], 1...1024), (["vocab_size"], 1...4_194_304),
        (["max_position_embeddings", "relative_attention_max_distance"], 1...1_048_576),
        (["type_vocab_size", "relative_attention_num_buckets"], 1...65_536),
        (["image_size", "patch_size", "num_query_tokens", "queryCount"], 1...ViTConfiguration.largestImageSize),
    ]
    private static let multiples = [
        ("hidden_size", of: "num_attention_heads"), ("image_size", of: "patch_size"),
    ]
    private static let rates = ["dropout", "dropout_rate", "hidden_dropout_prob"]
    /// What transformers can vary and no published model does. Left unread, it would change what a model computes.
    private static let switches = [
        ("qkv_bias", wanted: true), ("enable_bias", wanted: true), ("layer_norm_elementwise_affine", wanted: true),
        ("_remove_final_layer_norm", wanted: false), ("scale_decoder_outputs", wanted: false),
    ]
    private static let activation = (key: "hidden_act", wanted: "gelu")
    private static let tokens = ["bos_token_id", "eos_token_id", "pad_token_id", "decoder_start_token_id"]

    /// Checks a configuration and those in it.
    ///
    /// - Throws: `JSONError` that names the file and the key.
    static func check(_ part: JSONValue) throws {
        guard part.kind == .object else { return }
        for member in try part.object { try check(member.value) }
        try SizeCheck(part: part).check()
    }

    private let part: JSONValue

    private func check() throws {
        for (keys, range) in Self.sizes {
            for key in keys { try require(key, in: range) }
        }
        for (key, divisor) in Self.multiples {
            guard let value = try part.optional(key), let divisor = try part.optional(divisor)?.int,
                try value.int % divisor != 0
            else { continue }
            throw value.error("is \(try value.int), wanted a multiple of \(divisor)")
        }
        for key in Self.rates {
            guard let rate = try part.optional(key), !(0..<1).contains(try rate.double) else { continue }
            throw rate.error("is \(try rate.double), wanted 0 to below 1")
        }
        try checkKinds()
        for (vision, qformer) in [("vision_config", "qformer_config"), ("vision", "qformer")] {
            guard let vision = try part.optional(vision), let qformer = try part.optional(qformer) else { continue }
            let width = try vision.optional("hidden_size")?.int ?? ViTConfiguration.evaG.width
            let seen = try qformer.optional("encoder_hidden_size")?.int ?? QFormerConfiguration.bertBase.imageWidth
            if seen != width {
                throw qformer.error(
                    "has the encoder_hidden_size \(seen), wanted the image encoder's hidden_size, \(width)")
            }
        }
        guard let vocabulary = try part.optional("vocab_size")?.int else { return }
        for key in Self.tokens { try require(key, in: 0...vocabulary - 1) }
    }

    private func checkKinds() throws {
        for (key, wanted) in Self.switches {
            guard let value = try part.optional(key), try value.bool != wanted else { continue }
            throw value.error("is \(!wanted), wanted \(wanted)")
        }
        let (key, wanted) = Self.activation
        guard let value = try part.optional(key), try value.string != wanted else { return }
        throw value.error("is \"\(try value.string)\", wanted \"\(wanted)\"")
    }

    private func require(_ key: String, in range: ClosedRange<Int>) throws {
        guard let value = try part.optional(key), value.kind == .integer, !range.contains(try value.int) else { return }
        throw value.error("is \(try value.int), wanted \(range.lowerBound) to \(range.upperBound)")
    }
}

extension ViTConfiguration {
    /// Pixels to a side of the largest pictures that are taken.
    static let largestImageSize = 4096

    /// Takes pictures of another size, to whose grid the position table is fitted.
    ///
    /// - Parameters:
    ///   - imageSize: pixels to a side; nil for the size that the model was trained with
    ///   - path: of the model
    /// - Throws: `FileError` for a size that patches do not fill.
    public mutating func take(imageSize: Int?, of path: String) throws {
        guard let imageSize else { return }
        guard imageSize % patchSize == 0, (patchSize...Self.largestImageSize).contains(imageSize) else {
            throw FileError(
                file: path,
                problem:
                    "takes pictures in patches of \(patchSize) pixels; \(imageSize) to a side is no multiple of that "
                    + "up to \(Self.largestImageSize)")
        }
        self.imageSize = imageSize
    }
}
