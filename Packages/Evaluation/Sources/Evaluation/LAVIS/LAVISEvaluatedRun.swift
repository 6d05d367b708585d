import Configuration

/// The tasks of LAVIS that models are evaluated by.
enum LAVISTask: String, CaseIterable, ConfigurationValue { case captioning, vqa, gqa, retrieval }

/// The section `run` of an evaluation's configuration of LAVIS.
struct LAVISEvaluatedRun: Configurable {
    let task: LAVISTask
    let splits: [String]
    /// Whether results are scored, not only written.
    let isScored: Bool
    /// Where the results go.
    let outputFolder: String?
    /// The settings of this project's configuration.
    private(set) var settings: [(path: String, value: PlainValue)] = []
    /// What of the section is of no use here, in sentences.
    private(set) var remarks: [String] = []

    init(from section: ConfigurationSection) throws {
        task = try section.required("task")
        splits = try section.value("test_splits", default: ["test"])
        isScored = try section.value("report_metric", default: true)
        outputFolder = try section.optional("output_dir")
        guard try section.value("evaluate", default: false) else {
            throw section.error("evaluate", "is not True; models are trained by `train`")
        }
        settings = [
            ("run.task", .string(task.rawValue)), ("run.splits", .list(splits.map(PlainValue.string))),
        ]
        try takeNumbers(section)
        try remark(section)
    }

    /// What both have, with the defaults of the original's tasks.
    private mutating func takeNumbers(_ section: ConfigurationSection) throws {
        func take(_ key: String, default standard: Int) throws {
            settings.append(("run.\(key)", .integer(try section.value(key, default: standard))))
        }
        for key in ["batch_size_eval"] + (task == .retrieval ? [] : ["seed"]) {
            if let value = try section.optional(key, as: Int.self) { settings.append(("run.\(key)", .integer(value))) }
        }
        switch task {
        case .captioning:
            for key in ["num_beams", "max_len", "min_len"] {
                settings.append(("run.\(key)", .integer(try section.required(key))))
            }
        case .vqa, .gqa:
            try take("num_beams", default: 3)
            try take("max_len", default: 10)
            try take("min_len", default: 1)
            settings.append(("run.prompt", .string(try section.value("prompt", default: ""))))
        case .retrieval: try take("k_test", default: 128)
        }
    }

    private mutating func remark(_ section: ConfigurationSection) throws {
        let groups = [
            (
                ["device", "world_size", "dist_url", "distributed", "use_dist_eval_sampler"],
                "processes are those that the program is started with"
            ),
            (["amp", "num_workers"], "products are in float32, and pictures are decoded as they come"),
            (
                ["length_penalty", "use_nucleus_sampling", "_apply_lemmatizer"],
                "the original does not read them under run"
            ),
            (["inference_method", "num_ans_candidates"], "BLIP-2 generates its answers, whatever they say"),
            (task == .retrieval ? ["seed"] : [], "nothing is drawn"),
            (["batch_size_train", "train_splits", "valid_splits", "runner", "log_freq"], "nothing is trained"),
        ]
        for (keys, reason) in groups {
            let present = try keys.filter { try section.optional($0, as: Anything.self) != nil }
            if !present.isEmpty {
                remarks.append("\(present.map { "run.\($0)" }.joined(separator: ", ")): not used; \(reason)")
            }
        }
    }
}
