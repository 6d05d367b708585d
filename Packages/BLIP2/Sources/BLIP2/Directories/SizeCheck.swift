import JSON
import QFormer
import VisionEncoder

/// Whether a `config.json` describes a model that can be made at all, of the kind that is known here. What its sizes should
/// be the weights tell, but those are loaded into a model of these sizes.
struct SizeCheck {
    private static let sizes: [(keys: [String], range: ClosedRange<Int>)] = [
        (
            [
                "hidden_size", "encoder_hidden_size", "word_embed_proj_dim", "image_text_hidden_size", "contrastWidth",
                "languageWidth", "d_model", "d_kv",
            ], 1...32_768
        ),
        (["intermediate_size", "ffn_dim", "d_ff"], 1...131_072),
        (["num_hidden_layers", "num_layers", "num_decoder_layers", "cross_attention_frequency"], 1...512),
        (["num_attention_heads", "num_heads"], 1...1024), (["vocab_size"], 4...4_194_304),
        (["max_position_embeddings", "relative_attention_max_distance"], 1...1_048_576),
        (["type_vocab_size"], 1...65_536),
        // With fewer than four buckets, two to each side, there is none that distances could share.
        (["relative_attention_num_buckets"], 4...65_536),
        (["image_size", "patch_size", "num_query_tokens", "queryCount", "promptCount"], 1...largestImageSize),
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

    /// Pixels to a side of the largest pictures that are taken.
    static let largestImageSize = 4096

    /// Checks a configuration and those in it.
    ///
    /// - Throws: `JSONError` that names the file and the key.
    static func check(_ part: JSONValue) throws { try check(part, named: "") }

    private static func check(_ part: JSONValue, named name: String) throws {
        guard part.kind == .object else { return }
        for member in try part.object { try check(member.value, named: member.key) }
        try SizeCheck(part: part, standards: try standards(of: part, named: name)).check()
    }

    private let part: JSONValue
    /// What keys that are absent stand for.
    private let standards: [String: Int]

    /// The defaults of a kind of model, as far as other keys depend on them.
    private static func standards(of part: JSONValue, named name: String) throws -> [String: Int] {
        let kind = try part.optional("model_type").flatMap { $0.kind == .string ? try $0.string : nil }
        switch (kind, name) {
        case (ModelKind.opt, _): return ["hidden_size": 768, "num_attention_heads": 12, "vocab_size": 50_272]
        case (ModelKind.t5, _):
            return [
                "vocab_size": 32_128, "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128,
            ]
        case (ModelKind.vision, _), (_, "vision_config"):
            let evaG = ViTConfiguration.evaG
            return [
                "hidden_size": evaG.width, "num_attention_heads": evaG.headCount, "image_size": evaG.imageSize,
                "patch_size": evaG.patchSize,
            ]
        case (ModelKind.bert, _), (_, "qformer_config"):
            let bert = QFormerConfiguration.bertBase.bert
            return ["hidden_size": bert.width, "num_attention_heads": bert.headCount]
        default: return [:]
        }
    }

    private func check() throws {
        for (keys, range) in Self.sizes {
            for key in keys { try require(key, in: range) }
        }
        for (key, divisor) in Self.multiples {
            guard let value = try size(key), let divisor = try size(divisor), value % divisor != 0 else { continue }
            throw try wrong(key, "is \(value), wanted a multiple of \(divisor)")
        }
        for key in Self.rates {
            guard let rate = try part.optional(key), !(0..<1).contains(try rate.double) else { continue }
            throw rate.error("is \(try rate.double), wanted 0 to below 1")
        }
        try checkKinds()
        try checkDistances()
        try checkWidths()
        try checkTokens()
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

    /// Distances that share buckets are told apart by their logarithms, up to the greatest.
    private func checkDistances() throws {
        let distanceKey = "relative_attention_max_distance"
        guard let buckets = try size("relative_attention_num_buckets"), let distance = try size(distanceKey),
            distance <= buckets / 2
        else { return }
        throw try wrong(distanceKey, "is \(distance), wanted more than half of the \(buckets) buckets")
    }

    private func checkWidths() throws {
        for (vision, qformer) in [("vision_config", "qformer_config"), ("vision", "qformer")] {
            guard let vision = try part.optional(vision), let qformer = try part.optional(qformer) else { continue }
            let width = try vision.optional("hidden_size")?.int ?? ViTConfiguration.evaG.width
            let seen = try qformer.optional("encoder_hidden_size")?.int ?? QFormerConfiguration.bertBase.imageWidth
            if seen != width {
                throw qformer.error(
                    "has the encoder_hidden_size \(seen), wanted the image encoder's hidden_size, \(width)")
            }
        }
    }

    private func checkTokens() throws {
        if let vocabulary = try size("vocab_size") {
            for key in Self.tokens { try require(key, in: 0...vocabulary - 1) }
        }
        guard let text = try part.optional("text_config"), text.kind == .object else { return }
        let language = SizeCheck(part: text, standards: try Self.standards(of: text, named: "text_config"))
        if let vocabulary = try language.size("vocab_size") { try require("image_token_index", in: 0...vocabulary - 1) }
    }

    /// A size, or what it is taken to be if it is absent; nil if nothing is known of it.
    private func size(_ key: String) throws -> Int? { try part.optional(key)?.int ?? standards[key] }

    /// An error about a key, or about the whole where the key is absent.
    private func wrong(_ key: String, _ problem: String) throws -> JSONError {
        try part.optional(key)?.error(problem) ?? part.error("\(key) \(problem)")
    }

    /// A number that is written as 1e9 is one as well.
    private func require(_ key: String, in range: ClosedRange<Int>) throws {
        guard let value = try part.optional(key), value.kind == .integer || value.kind == .number,
            !(Double(range.lowerBound)...Double(range.upperBound)).contains(try value.double)
        else { return }
        let found = value.kind == .integer ? "\(try value.int)" : "\(try value.double)"
        throw value.error("is \(found), wanted \(range.lowerBound) to \(range.upperBound)")
    }
}
