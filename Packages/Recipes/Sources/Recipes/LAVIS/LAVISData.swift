import Configuration
import Evaluation

/// The section `datasets` of a configuration of LAVIS: data sets by the names of their builders.
struct LAVISData {
    /// Where a builder expects its data below the root.
    private struct Builder {
        let annotations: String
        let images: String?
    }

    private static let builders = [
        "coco_caption": Builder(annotations: "coco/annotations/coco_karpathy_train.json", images: "coco/images"),
        "vg_caption": Builder(annotations: "vg/annotations/vg_caption.json", images: "vg/images"),
        "sbu_caption": Builder(annotations: "sbu_captions/annotations/sbu.json", images: "sbu_captions/images"),
        "conceptual_caption_3m": Builder(
            annotations: "conceptual_caption/annotations/cc3m.json", images: "conceptual_caption/images"),
        "conceptual_caption_12m": Builder(
            annotations: "conceptual_caption/annotations/cc12m.json", images: "conceptual_caption/images_12m"),
        "laion_sentence_115m": Builder(annotations: "laion115m/annotations/data.json", images: nil),
    ]
    private static let judgedSet = "coco_caption"
    private static let judgedList = "coco/annotations/coco_karpathy_val.json"

    private let sets: [(name: String, keys: LAVISDataSet)]
    private let places: LAVISPlaces
    /// Whether there are no pictures.
    let isSentences: Bool

    init(_ section: LAVISDataSets, _ places: LAVISPlaces) throws {
        self.places = places
        sets = section.sets
        isSentences = sets.contains { Self.builders[$0.name]?.images == nil }
        for set in sets where Self.builders[set.name] == nil {
            let known = Self.builders.keys.sorted().joined(separator: ", ")
            throw section.error(set.name, "is no data set that this project trains on: \(known)")
        }
        if isSentences && sets.count > 1 { throw section.error(sets[1].name, "stands beside sentences") }
        for set in sets where set.keys.processing != sets[0].keys.processing {
            throw section.error(
                set.name, "has other processors than \(sets[0].name); sets that are trained on together share them")
        }
    }

    /// The settings of this project's recipe.
    func settings(isJudged: Bool) -> [(path: String, value: PlainValue)] {
        guard let first = sets.first?.keys else { return [] }
        if isSentences {
            return [("datasets.sentences.file", .string(annotations(of: sets[0].name, first)))]
        }
        var settings: [(path: String, value: PlainValue)] = [
            ("datasets.pairs.vis_processor", .string(first.processing.pictures)),
            ("datasets.pairs.image_size", .integer(first.processing.size)),
            ("datasets.pairs.prompt", .string(first.processing.prompt)),
            // A set of millions does not fit, and few samples of one may be damaged.
            ("datasets.pairs.cache", .string("none")), ("datasets.pairs.unreadable_share", .number(0.01)),
        ]
        for (name, keys) in sets {
            settings += [
                ("datasets.pairs.sets.\(name).annotations", .string(annotations(of: name, keys))),
                ("datasets.pairs.sets.\(name).images", .string(images(of: name, keys))),
            ]
        }
        if isJudged, let judged = sets.first(where: { $0.name == Self.judgedSet }) {
            settings += [
                ("datasets.validation.annotations", .string(places.data(Self.judgedList))),
                ("datasets.validation.images", .string(images(of: judged.name, judged.keys))),
            ]
        }
        return settings
    }

    private func annotations(of name: String, _ keys: LAVISDataSet) -> String {
        places.data(keys.annotations ?? Self.builders[name]?.annotations ?? name)
    }

    private func images(of name: String, _ keys: LAVISDataSet) -> String {
        places.data(keys.images ?? Self.builders[name]?.images ?? name)
    }
}

/// The keys of the section.
struct LAVISDataSets: Configurable {
    let sets: [(name: String, keys: LAVISDataSet)]
    let error: (_ key: String, _ problem: String) -> ConfigurationError

    init(from section: ConfigurationSection) throws {
        error = { section.error($0, $1) }
        sets = try section.keys.map { ($0, try section.required($0)) }
    }
}

/// The keys of a data set.
struct LAVISDataSet: Configurable {
    /// What becomes of pictures and captions.
    struct Processing: Hashable {
        var pictures = "blip2_image_train"
        var size = 224
        var prompt = ""
    }

    let processing: Processing
    let annotations: String?
    let images: String?

    init(from section: ConfigurationSection) throws {
        let pictures = try section.optional("vis_processor", as: Processors.self)?.training
        let texts = try section.optional("text_processor", as: Processors.self)?.training
        var processing = Processing()
        processing.pictures = pictures?.name ?? processing.pictures
        processing.size = pictures?.size ?? processing.size
        processing.prompt = texts?.prompt ?? processing.prompt
        self.processing = processing
        let info = try section.optional("build_info", as: BuildInfo.self)
        annotations = info?.annotations
        images = info?.images
        for key in ["type", "data_type"] { _ = try section.optional(key, as: Anything.self) }
    }

    private struct Processors: Configurable {
        let training: Processor?

        init(from section: ConfigurationSection) throws {
            training = try section.optional("train")
            _ = try section.optional("eval", as: Processor.self)
        }
    }

    private struct Processor: Configurable {
        let name: String
        let size: Int?
        let prompt: String?

        init(from section: ConfigurationSection) throws {
            name = try section.required("name")
            size = try section.optional("image_size")
            prompt = try section.optional("prompt")
        }
    }

    /// Where files lie instead.
    private struct BuildInfo: Configurable {
        let annotations: String?
        let images: String?

        init(from section: ConfigurationSection) throws {
            annotations = try section.optional("annotations", as: Splits.self)?.training
            images = try section.optional("images", as: Storage.self)?.path
        }
    }

    private struct Splits: Configurable {
        let training: String?

        init(from section: ConfigurationSection) throws {
            training = try section.optional("train", as: Storage.self)?.path
            try section.acceptEverything()
        }
    }

    private struct Storage: Configurable {
        let path: String

        init(from section: ConfigurationSection) throws {
            path = try section.required("storage")
            try section.acceptEverything()
        }
    }
}
