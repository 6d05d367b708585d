import BLIP2
import Configuration
import Foundation
import JSON

/// The files that come of a split: `predictions.json`, `samples.jsonl`, `results.json` and `report.html`.
struct ResultFiles {
    let split: String
    let result: SplitResult
    let configuration: EvaluationConfiguration
    let settings: [(path: String, value: PlainValue)]
    let weights: [StoredFile]
    let data: [StoredFile]
    let remarks: [String]

    /// Writes all, each whole or not at all, the results last.
    ///
    /// - Throws: `FileError`.
    func write(to folder: URL) throws {
        func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
            try FileReplacement.write(bytes, to: folder.appendingPathComponent(name))
        }
        try FolderReplacement.make(folder)
        let writer = JSONWriter()
        try write(writer.bytes(result.predictions) + [0x0A], "predictions.json")
        try write(result.samples.flatMap { writer.bytes($0) + [0x0A] }, "samples.jsonl")
        try write(result.page.text.utf8, "report.html")
        try write(JSONWriter(indentation: 1).bytes(tree) + [0x0A], "results.json")
    }

    /// The scores and all that they came from.
    var tree: JSONTree {
        var members: [(key: String, value: JSONTree)] = [
            ("task", .string(configuration.task.name)), ("split", .string(split)),
            ("samples", .integer(result.samples.count)), ("scores", result.scores ?? .null),
            ("metrics", .array(configuration.task.metricNames.map(JSONTree.string))),
        ]
        members += configuration.task.writing
        members += [
            (
                "model",
                [
                    "pretrained": .string(configuration.model.pretrained),
                    "weights": .array(weights.map(\.tree)),
                ]
            ),
            ("data", .array(data.map(\.tree))), ("configuration", settings.tree),
            ("versions", Versions.tree),
        ]
        if !remarks.isEmpty { members.append(("remarks", .array(remarks.map(JSONTree.string)))) }
        return .object(members)
    }
}

extension EvaluationTask {
    /// As configurations call it.
    fileprivate var name: String {
        switch self {
        case .captioning: "captioning"
        case .vqa: "vqa"
        case .gqa: "gqa"
        case .retrieval: "retrieval"
        }
    }

    /// What the scores are.
    fileprivate var metricNames: [String] {
        switch self {
        case .captioning(_, let settings): settings.metrics.flatMap(\.keys).sorted()
        case .vqa: ["accuracy of VQAEval: the mean over ten people of min(1, equal answers of the others / 3)"]
        case .gqa: ["accuracy: equal to the right answer after VQAEval's normalization"]
        case .retrieval: ["recall at 1, 5 and 10, texts by pictures and pictures by texts"]
        }
    }

    /// Prompt and decoding, where texts are written.
    fileprivate var writing: [(key: String, value: JSONTree)] {
        switch self {
        case .captioning(_, let settings):
            let prompt = settings.writing.prompt.map(JSONTree.string) ?? .null
            return [("prompt", prompt), ("decoding", settings.writing.text.tree)]
        case .vqa(_, let settings), .gqa(_, let settings):
            return [("prompt", .string(settings.writing.template)), ("decoding", settings.writing.text.tree)]
        case .retrieval: return []
        }
    }
}

extension VisionLanguageParts.Options {
    /// The settings that a search has.
    fileprivate var tree: JSONTree {
        [
            "num_beams": .integer(beamCount), "max_len": .integer(maximumLength), "min_len": .integer(minimumLength),
            "length_penalty": .number(Double(lengthPenalty)), "repetition_penalty": .number(Double(repetitionPenalty)),
            "no_repeat_ngram_size": .integer(unrepeatedRunLength), "padding_counts": .bool(countsPadding),
        ]
    }
}
