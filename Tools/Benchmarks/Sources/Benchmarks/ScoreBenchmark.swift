import ArgumentParser
import Foundation

/// Whole runs of the app `evaluate`, from files to numbers, beside pycocoevalcap.
struct ScoreBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scores",
        abstract:
            "Whole runs of `evaluate`: 5,000 images with 5 references each, 1,000 bootstrap samples, VQAv2's size.",
        discussion: """
            The files are made by rule unless --references and --predictions name captions in COCO's formats. METEOR is \
            measured where the environment variable BLIP_METEOR names its data. --python wants the package pycocoevalcap, \
            which needs Java.
            """)

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "The program.")
    var program = ".build/release/evaluate"

    @Option(help: "Captions of people instead of made ones.")
    var references: String?

    @Option(help: "Captions of a system instead of made ones.")
    var predictions: String?

    mutating func validate() throws {
        if (references == nil) != (predictions == nil) {
            throw ValidationError("--references and --predictions go together")
        }
    }

    mutating func run() throws {
        _ = options.begin("Scores")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var captions = try MadeCaptions.write(imageCount: 5000, referenceCount: 5, to: folder)
        if let references, let predictions {
            captions = (URL(fileURLWithPath: references), URL(fileURLWithPath: predictions))
        }
        // A Python without the package is for other benchmarks.
        let peer = options.interpreter.flatMap {
            try? Peer("captions.py", interpreter: $0, arguments: [captions.references.path, captions.predictions.path])
        }
        print(
            "Whole processes, from files to numbers, medians of \(options.rounds) rounds, corpus scores compared before; "
                + "beside \(peer?.name ?? "nothing: no Python with pycocoevalcap was given").\n")
        let table = Table("run", "s", "MB", "Python, s", "ratio")
        for (title, metrics, more) in runs {
            let arguments =
                ["captions", "--references", captions.references.path, "--predictions", captions.predictions.path]
                + ["--json", "--metrics", metrics] + more
            try measure(title, arguments, table, peer: more.isEmpty ? peer : nil, metrics)
        }
        let answers = try MadeAnswers.write(to: folder)
        try measure(
            "VQA accuracy, \(MadeAnswers.questionCount) questions",
            ["vqa", "--annotations", answers.annotations.path, "--predictions", answers.answers.path], table)
    }

    private var runs: [(title: String, metrics: String, more: [String])] {
        let hasMETEOR = ProcessInfo.processInfo.environment["BLIP_METEOR"]?.isEmpty == false
        let plain = "bleu,rouge,cider"
        let sample = ["--bootstrap", "1000"]
        return [("BLEU, ROUGE-L, CIDEr-D", plain, [])]
            + (hasMETEOR ? [("METEOR", "meteor", []), ("all four", plain + ",meteor", [])] : [])
            + [("\(hasMETEOR ? "all four" : "the three"), 1,000 samples", plain + (hasMETEOR ? ",meteor" : ""), sample)]
    }

    private func measure(
        _ title: String, _ arguments: [String], _ table: Table, peer: Peer? = nil, _ metrics: String = ""
    ) throws {
        let program = MeasuredProgram(path: self.program)
        let first = try program.run(arguments)
        if let peer { try compare(first.output, peer, metrics) }
        let sides: [Side] = [{ try program.run(arguments).seconds }]
        let times = try takingTurns(
            rounds: options.rounds, sides + (peer.map { peer in [{ try peer.ask(metrics) }] } ?? []))
        let other = times.count > 1 ? times[1] : nil
        table.row([
            title, String(format: "%.3f", times[0]), "\(first.byteCount >> 20)",
            other.map { String(format: "%.2f", $0) } ?? "", other.map { String(format: "%.1f", $0 / times[0]) } ?? "",
        ])
    }

    /// Expects equal scores of both.
    private func compare(_ output: Data, _ peer: Peer, _ metrics: String) throws {
        let scores = try JSONSerialization.jsonObject(with: output) as? [String: Any] ?? [:]
        for key in ["Bleu_1", "Bleu_4", "METEOR", "ROUGE_L", "CIDEr"] {
            guard let score = scores[key] as? Double else { continue }
            let other = try peer.ask("\(metrics) \(key)")
            guard abs(score - other) < 1e-6 else {
                throw ValidationError("\(key) is \(score), and \(other) by \(peer.name)")
            }
        }
    }
}
