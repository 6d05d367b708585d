import ArgumentParser
import BLIP2
import Foundation
import Images
import Tensors

/// Answers by a model of the published size: all questions about a picture together, one at a time, and by transformers.
struct AnswerBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answers",
        abstract: "Answers of a full-size model to eight questions about each picture, together and one at a time.",
        discussion: """
            The model is a captioner's folder, as `make full-size DTYPE=bfloat16` writes one with random weights. With a Python \
            that has torch and transformers, the same folder answers there too, in bfloat16, a question at a time as its \
            documentation shows. The two run one after the other, for they do not fit into memory together.
            """)

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "A captioner's folder.")
    var model = ".build/full-size/blip2-opt-2.7b"

    @Option(help: "Questions about the picture.")
    var questions = 8

    @Option(help: "How many of them are answered one at a time as well; each takes as long.")
    var alone = 2

    @Option(help: "Beams.")
    var beams = 5

    @Option(help: "New tokens of each answer; random weights never end one.")
    var length = 10

    @Option(help: "Of how many times the median is taken; --rounds does not count here, where each takes minutes.")
    var times = 1

    func validate() throws {
        try requirePositive([
            "--questions": questions, "--alone": alone, "--beams": beams, "--length": length, "--times": times,
        ])
    }

    mutating func run() throws {
        _ = options.begin("Answers")
        guard FileManager.default.fileExists(atPath: "\(model)/config.json") else {
            return print(
                "Left out: \(model) is not there; `make full-size DTYPE=bfloat16 TOKENIZER=<folder>` makes it.")
        }
        print("\(model), \(questions) questions, \(beams) beams, \(length) new tokens each.\n")
        let table = Table("who answers", "s a question", "times")
        var rows: [(name: String, seconds: Double)] = []
        func report(_ name: String, _ seconds: Double) {
            rows.append((name, seconds))
            table.row([name, String(format: "%.2f", seconds), ratio(rows[0].seconds / seconds)])
        }
        for (name, seconds) in try own() { report(name, seconds) }
        guard let interpreter = options.interpreter else { return }
        let peer = try Peer(
            "answers.py", interpreter: interpreter, arguments: ["\(ThreadPool.threadCount)", model])
        report("\(peer.name), one at a time", try peer.ask("1 1 \(beams) \(length)"))
        report("\(peer.name), all in a batch", try peer.ask("\(questions) \(questions) \(beams) \(length)"))
    }

    /// Seconds a question, one at a time and together. The model is gone when this returns.
    private func own() throws -> [(name: String, seconds: Double)] {
        let answerer = try QuestionAnswerer(directory: URL(fileURLWithPath: model))
        var options = QuestionAnswerer.Options()
        options.beamCount = beams
        options.maximumLength = length
        // Beyond any length, prompt included: no answer ends before.
        options.minimumLength = length + 200
        let texts = Self.texts(questions)
        // Weights are packed, and memory is taken, when they are first used.
        _ = try answerer.answers(to: [texts[0]], about: [Self.picture], options: options)
        let measured = try takingTurns(
            rounds: times,
            [
                {
                    try seconds {
                        for text in texts.prefix(alone) {
                            _ = try answerer.answers(to: [text], about: [Self.picture], options: options)
                        }
                    }
                },
                {
                    try seconds {
                        _ = try answerer.answers(
                            to: texts.map { ($0, 0) }, about: [Self.picture], batchSize: texts.count, options: options)
                    }
                },
            ])
        return [
            ("one at a time", measured[0] / Double(min(alone, questions))),
            ("all together", measured[1] / Double(questions)),
        ]
    }

    /// Of the lengths of VQAv2's.
    private static func texts(_ count: Int) -> [String] {
        let some = [
            "What color is the car?", "How many people are there?", "Is it raining?", "What is the man holding?",
            "What kind of animal is standing on the left?", "Where was this picture taken?", "Are there any trees?",
            "What is written on the sign?",
        ]
        return (0..<count).map { some[$0 % some.count] }
    }

    /// Waves of colours.
    private static let picture = Image(
        width: 640, height: 480, pixels: (0..<640 * 480 * 3).map { UInt8(truncatingIfNeeded: $0 / 7 + $0 / 1920 * 3) })
}
