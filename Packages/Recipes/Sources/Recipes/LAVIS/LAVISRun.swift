import Configuration

/// The section `run` of a configuration of LAVIS.
struct LAVISRun: Configurable {
    /// The settings of this project's recipe.
    private(set) var settings: [(path: String, value: PlainValue)] = []
    /// What of the section is of no use here, in sentences.
    private(set) var remarks: [String] = []
    /// Whether captions are written and scored after each epoch.
    let isJudged: Bool
    /// Where the run goes.
    let outputFolder: String?

    private enum Task: String, CaseIterable, ConfigurationValue {
        case pretraining = "image_text_pretrain"
        case captioning
    }

    init(from section: ConfigurationSection) throws {
        let task = try section.value("task", default: Task.pretraining)
        let judgedSplits = try section.value("valid_splits", default: [String]())
        isJudged = task == .captioning && !judgedSplits.isEmpty
        outputFolder = try section.optional("output_dir")
        if try section.value("evaluate", default: false) {
            throw section.error("evaluate", "is true; models are evaluated by `evaluate`")
        }
        if let path = try section.optional("resume_ckpt_path", as: String.self) {
            throw section.error("resume_ckpt_path", "\(path): a run is continued with --resume, from its own folder")
        }
        try takeNumbers(section)
        try takePrecision(section)
        try takeJudgement(section)
        try remark(section)
    }

    /// What both have, under the same names.
    private mutating func takeNumbers(_ section: ConfigurationSection) throws {
        if let schedule = try section.optional("lr_sched", as: String.self) {
            settings.append(("run.lr_sched", .string(schedule)))
        }
        for key in ["init_lr", "min_lr", "warmup_lr", "lr_decay_rate", "weight_decay", "beta2", "max_epoch"] {
            if let value = try section.optional(key, as: Double.self) {
                settings.append(("run.\(key)", .number(value)))
            }
        }
        for key in ["warmup_steps", "batch_size_train", "num_workers", "accum_grad_iters", "seed"] {
            if let value = try section.optional(key, as: Int.self) { settings.append(("run.\(key)", .integer(value))) }
        }
        // Quirks of LAVIS, which its learning rates were found with.
        settings += [
            ("run.divide_accumulated", .bool(false)), ("run.loss_normalization", .string("per-rank")),
            ("run.teacher_dropout", .bool(true)), ("run.language_model_dropout", .bool(true)),
        ]
    }

    /// Quirk: LAVIS's mixed precision is float16 with a factor on the loss that keeps gradients in its range. bfloat16 has
    /// float32's range, needs no such factor, and rounds eight times as coarsely.
    private mutating func takePrecision(_ section: ConfigurationSection) throws {
        guard try section.value("amp", default: false) else { return }
        settings.append(("run.precision", .string(StepPrecision.bfloat16.rawValue)))
        remarks.append(
            "run.amp: operands of products are rounded to bfloat16, as for run.precision; False leaves float32")
    }

    private mutating func takeJudgement(_ section: ConfigurationSection) throws {
        let keys = ["num_beams", "max_len", "min_len"]
        let values = try keys.map { try section.optional($0, as: Int.self) }
        guard isJudged else { return }
        // LAVIS captions all of the split, and the checkpoint with the most CIDEr + Bleu_4 is the best.
        settings += [
            ("run.validation.epochs", .number(1)), ("run.validation.captions", .integer(1_000_000)),
            ("run.validation.criterion", .string("agg_metrics")),
        ]
        for (key, value) in zip(keys, values) {
            if let value { settings.append(("run.validation.\(key)", .integer(value))) }
        }
    }

    private mutating func remark(_ section: ConfigurationSection) throws {
        let groups = [
            (
                ["device", "world_size", "dist_url", "distributed"],
                "processes are those that the program is started with"
            ),
            (
                ["batch_size_eval", "log_freq", "runner", "use_dist_eval_sampler"],
                "every step is logged, and batches for captions have 16 pictures"
            ),
            (["test_splits"], "the model is tested afterwards, with `evaluate captions`"),
        ]
        for (keys, reason) in groups {
            let present = try keys.filter { try section.optional($0, as: Anything.self) != nil }
            if !present.isEmpty {
                remarks.append("\(present.map { "run.\($0)" }.joined(separator: ", ")): not used; \(reason)")
            }
        }
        _ = try section.value("train_splits", default: ["train"])
    }
}
