import Configuration
import Evaluation
import Foundation
import PFormer

/// A training configuration of LAVIS, as the original's `lavis/projects/*/train/*.yaml` are, in this project's terms.
///
/// Where data and public checkpoints lie stands in LAVIS's own `default.yaml`, which this project has not: `env.cache_root`
/// (`data`) is the folder of the data sets, `env.checkpoints` (`checkpoints`) that of `eva_vit_g.pth`,
/// `bert-base-uncased`, `opt-2.7b` and their like.
struct LAVISConfiguration: Configurable {
    let run: LAVISRun
    private let model: LAVISModel
    private let data: LAVISData

    init(from section: ConfigurationSection) throws {
        let places = try section.part("env", as: LAVISPlaces.self)
        model = try LAVISModel(section.required("model"), places)
        data = try LAVISData(section.required("datasets"), places)
        run = try section.required("run")
        if data.isSentences != model.readsSentences {
            throw section.error(
                "datasets",
                model.readsSentences
                    ? "wanted laion_sentence_115m, as stage 0 reads sentences"
                    : "holds sentences, wanted pictures with captions")
        }
    }

    /// The settings of this project's recipe.
    var settings: [(path: String, value: PlainValue)] {
        model.settings + data.settings(isJudged: run.isJudged) + run.settings
    }

    /// What of the file is of no use here, in sentences.
    var remarks: [String] { model.remarks + run.remarks }
}

/// The section `model`.
private struct LAVISModel {
    private(set) var settings: [(path: String, value: PlainValue)] = []
    private(set) var remarks: [String] = []
    let readsSentences: Bool

    init(_ keys: LAVISModelKeys, _ places: LAVISPlaces) throws {
        let architecture = keys.architecture
        settings = [
            ("model.arch", .string(architecture.rawValue)),
            ("model.bert_model", .string(keys.bert ?? places.checkpoint("bert-base-uncased"))),
            ("model.max_txt_len", .integer(keys.textLimit)),
        ]
        readsSentences = architecture == .promptPretraining || architecture == .promptPretrainingT5
        let family = architecture.languageFamily
        let language = PlainValue.string(
            keys.language ?? places.language(ofType: keys.kind, isT5: family == .t5))
        switch architecture {
        case .visionBackbone, .languageBackbone: throw keys.error("arch", "is none of LAVIS's")
        case .promptPretraining, .promptPretrainingT5:
            settings += [
                ("model.\(family.rawValue)_model", language), ("model.num_query_token", .integer(keys.queryCount)),
            ]
        case .representation, .alignedRepresentation:
            try requireNothingButTeacher(keys)
            settings += [("model.num_query_token", .integer(keys.queryCount))]
        default:
            settings += [
                ("model.\(family.rawValue)_model", language), ("model.pretrained", .string(try keys.start())),
                ("model.freeze_vit", .bool(keys.freezesVision)), ("model.prompt", .string(keys.prompt)),
                ("model.use_grad_checkpoint", .bool(keys.recomputesVision)),
            ]
        }
        if !readsSentences {
            settings.append(("model.vit_model", .string(keys.vision ?? places.checkpoint("eva_vit_g.pth"))))
        }
        if [.alignedRepresentation, .alignedCaptioning, .alignedCaptioningT5, .promptAlignment].contains(architecture) {
            settings += [
                ("model.pretrained_stage0", .string(try keys.teacher())),
                ("model.loss_weight", .number(keys.lossWeight)),
            ]
        }
    }

    /// Stage 1 begins with the public checkpoints; the file names stage 0's a second time.
    private mutating func requireNothingButTeacher(_ keys: LAVISModelKeys) throws {
        guard keys.loadsPretrained, let pretrained = keys.pretrained else { return }
        if pretrained == keys.pretrainedStage0 {
            remarks.append("model.pretrained names stage 0's checkpoint once more; model.pretrained_stage0 is enough")
        } else if !FileManager.default.fileExists(atPath: pretrained) {
            remarks.append(
                "model.pretrained: \(pretrained): not used; stage 1 begins with public checkpoints alone, and the P-Former with "
                    + "model.pretrained_stage0")
        } else {
            throw keys.error(
                "pretrained",
                "\(pretrained): stage 1 begins with public checkpoints alone; wanted load_pretrained: False")
        }
    }
}

/// The keys of the section `model`.
private struct LAVISModelKeys: Configurable {
    let architecture: Architecture
    let kind: String
    let loadsPretrained: Bool
    let pretrained: String?
    let pretrainedStage0: String?
    let freezesVision: Bool
    let recomputesVision: Bool
    let lossWeight: Double
    let queryCount: Int
    let textLimit: Int
    let vision: String?
    let bert: String?
    let language: String?
    let prompt: String
    let error: (_ key: String, _ problem: String) -> ConfigurationError

    init(from section: ConfigurationSection) throws {
        error = { section.error($0, $1) }
        architecture = try section.required("arch")
        kind = try section.required("model_type")
        loadsPretrained = try section.value("load_pretrained", default: false)
        pretrained = try section.optional("pretrained")
        pretrainedStage0 = try section.optional("pretrained_stage0")
        freezesVision = try section.value("freeze_vit", default: true)
        recomputesVision = try section.value("use_grad_checkpoint", default: false)
        lossWeight = try section.value("loss_weight", default: 1)
        queryCount = try section.value("num_query_token", default: 32)
        textLimit = try section.value("max_txt_len", default: 32)
        vision = try section.optional("vit_model")
        bert = try section.optional("bert_model")
        language = try section.optional("\(architecture.languageFamily.rawValue)_model")
        prompt = try section.value("prompt", default: kind.hasPrefix("caption_coco") ? "a photo of" : "")
        if try section.value("load_finetuned", default: false) {
            throw section.error(
                "load_finetuned", "is true; name the checkpoint under pretrained, with load_finetuned: False")
        }
        for key in ["image_size", "drop_path_rate", "vit_precision", "apply_lemmatizer", "finetuned"] {
            _ = try section.optional(key, as: Anything.self)
        }
    }

    /// The checkpoint that stage 2 begins with.
    func start() throws -> String {
        guard loadsPretrained, let pretrained else {
            throw error(
                "pretrained", "is missing; stage 2 begins with the checkpoint of stage 1, and load_pretrained: True")
        }
        return try present("pretrained", pretrained)
    }

    /// The checkpoint of stage 0.
    func teacher() throws -> String {
        guard let pretrainedStage0 else {
            throw error(
                "pretrained_stage0",
                "is missing, and no other checkpoint holds the P-Former: prompts would follow one that has learned nothing. "
                    + "Name the checkpoint of stage 0, or take arch blip2_opt")
        }
        return try present("pretrained_stage0", pretrainedStage0)
    }

    private func present(_ key: String, _ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw error(key, "\(path): there is no such file; name yours with --options model.\(key)=PATH")
        }
        let isUnknown = isFolder(path) && !FileManager.default.fileExists(atPath: path + "/config.json")
        if isUnknown {
            throw error(key, "\(path): is a folder; name a checkpoint in it, such as checkpoint_9.pth")
        }
        return path
    }
}
