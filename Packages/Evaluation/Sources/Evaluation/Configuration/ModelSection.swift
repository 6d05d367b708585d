import BLIP2
import Configuration
import Foundation
import Tensors

/// The section `model`: where the weights lie.
public struct ModelSection: Configurable, Sendable {
    /// A model's folder, or a checkpoint of LAVIS's, which lacks the frozen parts.
    public let pretrained: String
    /// Pixels to a side of the pictures; nil for what the model was trained with.
    public let imageSize: Int?
    /// Whose way of generating is followed; nil for what the folder says.
    public let convention: Convention?
    /// The types that weights are kept in.
    public let formats: WeightFormats
    /// Whether the type of the language model is given apart.
    let namesLanguageFormat: Bool
    /// For a checkpoint: the image encoder, `eva_vit_g.pth` or one like it.
    public let vision: String?
    /// For a checkpoint of a captioner: the folder of the language model.
    public let language: String?
    /// For a checkpoint of stage 1: a folder with the vocabulary of bert-base-uncased.
    public let vocabulary: String?

    /// Reads `pretrained`, `image_size`, `convention`, `dtype`, `vision_dtype`, `language_dtype`, `vit_model`, `opt_model` or `t5_model`, and `bert_model`.
    public init(from section: ConfigurationSection) throws {
        pretrained = try section.required("pretrained")
        imageSize = try section.optional("image_size")
        convention = try section.optional("convention")
        let languageFormat = try section.optional("language_dtype", as: WeightFormat.self)
        formats = WeightFormats(
            try section.optional("dtype"), vision: try section.optional("vision_dtype"), language: languageFormat)
        namesLanguageFormat = languageFormat != nil
        vision = try section.optional("vit_model")
        vocabulary = try section.optional("bert_model")
        let opt = try section.optional("opt_model", as: String.self)
        let t5 = try section.optional("t5_model", as: String.self)
        language = opt ?? t5
        if opt != nil && t5 != nil { throw section.error("t5_model", "stands beside opt_model; wanted one of them") }
        if let imageSize, imageSize < 1 { throw section.error("image_size", "is \(imageSize), wanted at least 1") }
        guard FileManager.default.fileExists(atPath: pretrained) else {
            throw section.error(
                "pretrained",
                "\(pretrained): there is no such file or folder; name yours with --options model.pretrained=PATH")
        }
        let parts = [("vit_model", vision), ("opt_model", opt), ("t5_model", t5), ("bert_model", vocabulary)]
        if !isCheckpoint, let part = parts.first(where: { $0.1 != nil }) {
            throw section.error(
                part.0, "belongs to a checkpoint; \(pretrained) is a folder, which holds all of a model")
        }
    }
}

extension Convention: ConfigurationValue {}
extension WeightFormat: ConfigurationValue {}
