/// `quantization_config` in a `config.json`: how matrices are rounded.
struct Quantization: Codable, Hashable {
    /// The way, by name.
    let method: String
    /// Bits of an element.
    var bits: Int?
    /// The type of the columns that are kept apart.
    var outlierType: String?

    /// As `Int8Checkpoint` reads it.
    static let int8 = Quantization(method: "row-int8", bits: 8, outlierType: "bfloat16")

    enum CodingKeys: String, CodingKey {
        case method = "quant_method"
        case bits
        case outlierType = "outlier_dtype"
    }

    /// A `config.json` of any kind, for this key alone.
    struct Holder: Decodable {
        let quantization: Quantization?

        enum CodingKeys: String, CodingKey { case quantization = "quantization_config" }
    }
}
