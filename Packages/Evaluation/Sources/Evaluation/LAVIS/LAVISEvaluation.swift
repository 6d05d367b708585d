import Configuration
import Foundation

/// An evaluation's configuration of LAVIS, as the original's `lavis/projects/*/eval/*.yaml` are, in this project's terms.
///
/// Where data and public checkpoints lie stands in LAVIS's own `default.yaml`, which this project has not:
/// `env.cache_root` (`data`) is the folder of the data sets, `env.checkpoints` (`checkpoints`) that of `eva_vit_g.pth`,
/// `bert-base-uncased`, `opt-2.7b` and their like.
struct LAVISEvaluation: Configurable {
    private let model: LAVISEvaluatedModel
    private let data: LAVISEvaluatedData
    private let run: LAVISEvaluatedRun

    init(from section: ConfigurationSection) throws {
        let places = try section.part("env", as: LAVISPlaces.self)
        model = try section.required("model", as: LAVISModelKeys.self).model(places)
        run = try section.required("run")
        data = try LAVISEvaluatedData(section.required("datasets"), places, splits: run.splits)
        guard data.tasks.contains(run.task) else {
            throw section.error("run", "its task is \(run.task.rawValue), which \(data.name) is not for")
        }
    }

    /// The settings of this project's configuration.
    var settings: [(path: String, value: PlainValue)] {
        var others: [(path: String, value: PlainValue)] = []
        // Quirk: the task of captioning does not know the run's prompt; it takes the model's.
        if run.task == .captioning { others.append(("run.prompt", .string(model.prompt))) }
        if model.lemmatizes && run.task == .vqa { others.append(("run.apply_lemmatizer", .bool(true))) }
        return model.settings + data.settings(isScored: run.isScored)
            + [("model.image_size", .integer(data.imageSize))] + run.settings + others
    }

    /// What of the file is of no use here, in sentences.
    var remarks: [String] { run.remarks }

    /// The folder that the file names for its results.
    var outputFolder: String? { run.outputFolder }
}

/// The section `model` in this project's terms.
struct LAVISEvaluatedModel {
    let settings: [(path: String, value: PlainValue)]
    let prompt: String
    let lemmatizes: Bool
}

/// The keys of the section `model`.
struct LAVISModelKeys: Configurable {
    private enum Architecture: String, CaseIterable, ConfigurationValue {
        case opt = "blip2_opt"
        case t5 = "blip2_t5"
        case representation = "blip2"
        case features = "blip2_feature_extractor"
    }

    private let architecture: Architecture
    private let kind: String
    private let pretrained: String?
    private let finetuned: String?
    private let isFinetuned: Bool
    private let vision: String?
    private let language: String?
    private let vocabulary: String?
    private let prompt: String
    private let lemmatizes: Bool

    init(from section: ConfigurationSection) throws {
        architecture = try section.required("arch")
        kind = try section.required("model_type")
        let known = Self.files(kind)
        isFinetuned = try section.value("load_finetuned", default: known.finetuned != nil)
        let isPretrained = try section.value("load_pretrained", default: true)
        pretrained = isPretrained ? try section.optional("pretrained") : nil
        finetuned = try section.optional("finetuned")
        vision = try section.optional("vit_model")
        vocabulary = try section.optional("bert_model")
        let opt = try section.optional("opt_model", as: String.self)
        let t5 = try section.optional("t5_model", as: String.self)
        language = opt ?? t5
        prompt = try section.value("prompt", default: kind.hasPrefix("caption_coco") ? "a photo of" : "")
        lemmatizes = try section.value("apply_lemmatizer", default: false)
        for key in [
            "image_size", "drop_path_rate", "vit_precision", "use_grad_checkpoint", "freeze_vit", "num_query_token",
            "max_txt_len",
        ] { _ = try section.optional(key, as: Anything.self) }
    }

    /// The names of the public files of a type of model, below `env.checkpoints`.
    private static func files(_ kind: String) -> (pretrained: String, finetuned: String?) {
        if kind == "coco" { return ("blip2_pretrained.pth", "blip2_finetune_coco.pth") }
        if kind == "pretrain" { return ("blip2_pretrained.pth", nil) }
        let language = kind.split(separator: "_").last ?? ""
        let pretrained = "blip2_pretrained_\(language).pth"
        return (pretrained, kind.hasPrefix("caption_coco") ? "blip2_caption_\(language).pth" : nil)
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// The section in this project's terms.
    func model(_ places: LAVISPlaces) -> LAVISEvaluatedModel {
        let files = Self.files(kind)
        let path =
            isFinetuned
            ? finetuned ?? places.checkpoint(files.finetuned ?? files.pretrained)
            : pretrained ?? places.checkpoint(files.pretrained)
        var settings: [(path: String, value: PlainValue)] = [("model.pretrained", .string(path))]
        // This project's folders hold all of a model.
        if isFolder(path) {
            return LAVISEvaluatedModel(settings: settings, prompt: prompt, lemmatizes: lemmatizes)
        }
        settings.append(("model.vit_model", .string(vision ?? places.checkpoint("eva_vit_g.pth"))))
        switch architecture {
        case .opt, .t5:
            settings.append(
                (
                    "model.\(architecture == .opt ? "opt" : "t5")_model",
                    .string(language ?? places.language(ofType: kind, isT5: architecture == .t5))
                ))
        case .representation, .features:
            settings.append(
                ("model.bert_model", .string(vocabulary ?? places.checkpoint("bert-base-uncased"))))
        }
        return LAVISEvaluatedModel(settings: settings, prompt: prompt, lemmatizes: lemmatizes)
    }
}
