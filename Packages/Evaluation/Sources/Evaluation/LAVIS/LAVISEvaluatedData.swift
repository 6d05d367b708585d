import Configuration

/// The section `datasets` of a configuration of LAVIS: one data set by the name of its builder.
struct LAVISEvaluatedData {
    /// What a builder knows of its data.
    private struct Builder {
        let tasks: Set<LAVISTask>
        let images: String
        /// By split: the list, and what answers or references lie beside it.
        let splits: [String: (list: String, truth: String?)]
    }

    private static let karpathy: [String: (list: String, truth: String?)] = Dictionary(
        uniqueKeysWithValues: ["val", "test"].map { ($0, ("coco/annotations/coco_karpathy_\($0).json", nil)) })

    private static let builders = [
        "coco_caption": Builder(tasks: [.captioning], images: "coco/images", splits: karpathy),
        "coco_retrieval": Builder(tasks: [.retrieval], images: "coco/images", splits: karpathy),
        "flickr30k": Builder(
            tasks: [.retrieval], images: "flickr30k/images",
            splits: [
                "val": ("flickr30k/annotations/val.json", nil), "test": ("flickr30k/annotations/test.json", nil),
            ]),
        "nocaps": Builder(
            tasks: [.captioning], images: "nocaps/images",
            splits: [
                "val": ("nocaps/annotations/nocaps_val.json", "nocaps/annotations/nocaps_val_4500_captions.json"),
                "test": ("nocaps/annotations/nocaps_test.json", nil),
            ]),
        "coco_vqa": Builder(
            tasks: [.vqa], images: "coco/images",
            splits: [
                "val": (
                    "coco/annotations/vqa_val_eval.json", "coco/annotations/v2_mscoco_val2014_annotations.json"
                ),
                "test": ("coco/annotations/vqa_test.json", nil),
            ]),
        "ok_vqa": Builder(
            tasks: [.vqa], images: "coco/images",
            splits: [
                "test": ("okvqa/annotations/vqa_val_eval.json", "okvqa/annotations/mscoco_val2014_annotations.json")
            ]),
        // The original's type balanced_testdev calls the balanced test-dev questions val.
        "gqa": Builder(
            tasks: [.gqa], images: "gqa/images",
            splits: [
                "val": ("gqa/annotations/testdev_balanced_questions.json", nil),
                "test": ("gqa/annotations/test_balanced_questions.json", nil),
            ]),
    ]

    /// What the file calls the data set.
    let name: String
    /// What it can be evaluated for.
    let tasks: Set<LAVISTask>
    /// Pixels to a side of the pictures.
    let imageSize: Int
    private let images: String
    private let splits: [(name: String, list: String, truth: String?)]

    init(_ section: LAVISEvaluatedSets, _ places: LAVISPlaces, splits wanted: [String]) throws {
        guard section.sets.count == 1 else {
            throw section.error(section.sets.last?.name ?? "", "wanted one data set, found \(section.sets.count)")
        }
        let (name, keys) = section.sets[0]
        guard let builder = Self.builders[name] else {
            throw section.error(
                name,
                "is no data set that models are evaluated on: \(Self.builders.keys.sorted().joined(separator: ", "))")
        }
        self.name = name
        tasks = builder.tasks
        imageSize = keys.imageSize ?? 224
        images = places.data(keys.images ?? builder.images)
        var splits: [(name: String, list: String, truth: String?)] = []
        for split in builder.splits.keys.sorted() {
            guard let files = builder.splits[split] else { continue }
            let named = keys.annotations[split] ?? []
            // VQA's four files are questions, answers to choose from, and the official questions and answers.
            splits.append(
                (
                    split, places.data(named.first ?? files.list),
                    (named.count > 3 ? named[3] : named.isEmpty ? files.truth : nil).map(places.data)
                ))
        }
        self.splits = splits
        if let unknown = wanted.first(where: { builder.splits[$0] == nil }) {
            throw section.error(
                name, "has no split \(unknown), only \(builder.splits.keys.sorted().joined(separator: ", "))")
        }
    }

    /// The settings of this project's configuration.
    func settings(isScored: Bool) -> [(path: String, value: PlainValue)] {
        let kind = tasks.first ?? .captioning
        let (set, list, truth) =
            switch kind {
            case .captioning: (CaptionSplit.dataName, "list", "references")
            case .vqa, .gqa: (QuestionSplit.dataName, "questions", "annotations")
            case .retrieval: (RetrievalSplit.dataName, "list", "")
            }
        var settings: [(path: String, value: PlainValue)] = [("datasets.\(set).images", .string(images))]
        for split in splits {
            let path = "datasets.\(set).splits.\(split.name)"
            settings.append(("\(path).\(list)", .string(split.list)))
            if let file = split.truth, isScored { settings.append(("\(path).\(truth)", .string(file))) }
        }
        return settings
    }
}

/// The keys of the section.
struct LAVISEvaluatedSets: Configurable {
    let sets: [(name: String, keys: LAVISEvaluatedSet)]
    let error: (_ key: String, _ problem: String) -> ConfigurationError

    init(from section: ConfigurationSection) throws {
        error = { section.error($0, $1) }
        sets = try section.keys.map { ($0, try section.required($0)) }
        if sets.isEmpty { throw section.error("", "is empty, wanted a data set by its builder's name") }
    }
}

/// The keys of a data set.
struct LAVISEvaluatedSet: Configurable {
    let imageSize: Int?
    let images: String?
    /// By split, the files that are named in place of the builder's own.
    let annotations: [String: [String]]

    init(from section: ConfigurationSection) throws {
        imageSize = try section.optional("vis_processor", as: Processors.self)?.evaluation?.imageSize
        _ = try section.optional("text_processor", as: Processors.self)
        let info = try section.optional("build_info", as: BuildInfo.self)
        images = info?.images
        annotations = info?.annotations ?? [:]
        for key in ["type", "data_type"] { _ = try section.optional(key, as: Anything.self) }
    }

    private struct Processors: Configurable {
        let evaluation: Processor?

        init(from section: ConfigurationSection) throws {
            evaluation = try section.optional("eval")
            _ = try section.optional("train", as: Anything.self)
        }
    }

    private struct Processor: Configurable {
        let imageSize: Int?

        private enum Name: String, CaseIterable, ConfigurationValue {
            case pictures = "blip_image_eval"
            case captions = "blip_caption"
            case questions = "blip_question"
        }

        init(from section: ConfigurationSection) throws {
            _ = try section.required("name", as: Name.self)
            imageSize = try section.optional("image_size")
        }
    }

    private struct BuildInfo: Configurable {
        let images: String?
        let annotations: [String: [String]]

        init(from section: ConfigurationSection) throws {
            images = try section.optional("images", as: Storage.self)?.paths.first
            annotations = Dictionary(
                try section.named("annotations", as: Storage.self).map { ($0.name, $0.value.paths) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// One path or several.
    private struct Storage: Configurable {
        let paths: [String]

        init(from section: ConfigurationSection) throws {
            paths = try section.required("storage", as: Paths.self).paths
            try section.acceptEverything()
        }
    }

    private struct Paths: ConfigurationValue {
        static let expectation = "a path or a list of paths"
        let paths: [String]
        var plain: PlainValue? { nil }

        init(_ node: ConfigurationNode) throws {
            paths = try (try? [String(node)]) ?? [String](node)
        }
    }
}
