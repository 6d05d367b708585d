import Foundation
import JSON
import TestSupport
import Testing

/// Models whose configurations no model can be made of, or another than is known here.
extension BadInputTests {
    /// Sizes of which no model can be made, each named by its key; those that can are left to the weights.
    @Test(arguments: [
        ("vision_config.patch_size", 0), ("vision_config.image_size", 65), ("text_config.hidden_size", 130),
        ("vision_config.num_hidden_layers", -1), ("vision_config.hidden_size", 1 << 62),
        ("qformer_config.cross_attention_frequency", 0), ("qformer_config.num_attention_heads", 0),
        ("qformer_config.intermediate_size", -1), ("qformer_config.hidden_dropout_prob", 1),
        ("text_config.ffn_dim", 1_000_000_000), ("text_config.num_hidden_layers", 0), ("text_config.dropout", -1),
        ("text_config.max_position_embeddings", 1 << 62), ("text_config.eos_token_id", 1_000_000_000),
        ("num_query_tokens", -1), ("image_token_index", 1 << 40), ("image_token_index", 100_000),
        ("image_token_index", -1),
    ])
    func sizesOfNoModel(key: String, value: Int) throws {
        try changeConfiguration(key.split(separator: ".").map(String.init), to: .integer(value))
        let outcome = try caption(picture.path, model: "model")
        expect(outcome, says: ["caption: ", "model/config.json, $.\(key): is \(value)", "wanted"])
    }

    /// What transformers can vary and no published model does, each named by its key.
    @Test(arguments: [
        ("vision_config.hidden_act", JSONTree.string("quick_gelu"), "is \"quick_gelu\", wanted \"gelu\""),
        ("qformer_config.hidden_act", .string("relu"), "is \"relu\", wanted \"gelu\""),
        ("vision_config.qkv_bias", .bool(false), "is false, wanted true"),
        ("text_config.enable_bias", .bool(false), "is false, wanted true"),
        ("text_config._remove_final_layer_norm", .bool(true), "is true, wanted false"),
        ("text_config.activation_function", .string("gelu"), "is \"gelu\", wanted \"relu\""),
    ])
    func modelsOfAnotherKind(key: String, value: JSONTree, problem: String) throws {
        try changeConfiguration(key.split(separator: ".").map(String.init), to: value)
        expect(try caption(picture.path, model: "model"), says: ["caption: ", "model/config.json", key, problem])
    }

    /// JSON has whole numbers with a point or an exponent as well.
    @Test func aSizeWithAPoint() throws {
        try changeConfiguration(["text_config", "ffn_dim"], to: .number(1e15))
        expect(
            try caption(picture.path, model: "model"),
            says: ["model/config.json, $.text_config.ffn_dim: is 1000000000000000.0, wanted 1 to 131072"])
    }

    /// Without it there are 12 heads, which 128 elements cannot be divided among.
    @Test func anAbsentSizeOfWhichAnotherIsNoMultiple() throws {
        try changeConfiguration(["text_config", "num_attention_heads"], to: .null)
        expect(
            try caption(picture.path, model: "model"),
            says: ["model/config.json, $.text_config.hidden_size: is 128, wanted a multiple of 12"])
    }

    /// transformers writes a list where several tokens end a text.
    @Test func aListOfEndsInTheSettingsOfGeneration() throws {
        try copyModel { _ in }
        let file = folder.file("model/generation_config.json")
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing(/"eos_token_id" : \d+/, with: "\"eos_token_id\" : [1, 2]")
            .write(to: file, atomically: true, encoding: .utf8)
        #expect(try String(contentsOf: file, encoding: .utf8).contains("[1, 2]"))
        let outcome = try caption(picture.path, model: "model")
        #expect(try outcome.code == 0 && outcome.output == caption(picture.path).output, "\(outcome)")
    }

    @Test func aQFormerForOtherVectors() throws {
        try changeConfiguration(["qformer_config", "encoder_hidden_size"], to: .integer(64))
        let outcome = try caption(picture.path, model: "model")
        expect(
            outcome, says: ["model/config.json, $.qformer_config: has the encoder_hidden_size 64", "hidden_size, 128"])
    }

    /// Copies the captioner with another number in its sizes.
    private func changeConfiguration(_ keys: [String], to value: JSONTree) throws {
        let copy = folder.file("model")
        try FileManager.default.copyItem(at: model, to: copy)
        let file = copy.appendingPathComponent("config.json")
        func changed(_ tree: JSONTree, _ keys: ArraySlice<String>) -> JSONTree {
            guard let key = keys.first, case .object(let members) = tree else { return value }
            return .object(
                members.map { ($0.key, $0.key == key ? changed($0.value, keys.dropFirst()) : $0.value) }
                    + (members.contains { $0.key == key } ? [] : [(key, value)]))
        }
        let tree = try JSONDocument(contentsOf: file).root.tree
        try JSONWriter().write(changed(tree, keys[...]), to: file)
    }
}
