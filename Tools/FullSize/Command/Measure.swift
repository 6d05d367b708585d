import ArgumentParser
import BLIP2
import Foundation
import Images
import LanguageModels
import Layers
import Programs
import Tensors
import TextTokenizers

struct Measure: Program {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Captions a made picture, and prints times and memory beside what is expected.",
        discussion: """
            Call it twice: the first call brings the files into the page cache. The time to the first token runs from the \
            start of the process. Exits with 1 if more memory was resident at once than 1.15 times the weights' bytes \
            and 1 GiB.
            """)

    static var exampleSetting: String { "after `make full-size`" }

    static var examples: [String] {
        let start = "\(FullSize.invocation) measure .build/full-size/blip2-opt-2.7b"
        return [start, "\(start) --num-beams 1"]
    }

    @Option(help: "Beams kept.")
    var numBeams = 5

    @Option(help: "New tokens of the caption.")
    var length = 20

    @OptionGroup(title: "Weights")
    var weights: WeightOptions<WeightFormat>

    @Argument(help: "A captioner's folder, in either layout of `write`.")
    var model: PathArgument

    func run() throws {
        let directory = model.url
        let formats = WeightFormats(weights.dtype, vision: weights.visionDtype, language: weights.languageDtype)
        let captioner = try captioner(directory, formats)
        report("opened", Self.secondsSinceStart)
        writeFirstToken(captioner.parts)
        report("start to first token", Self.secondsSinceStart)
        var options = Captioner.Options()
        options.beamCount = numBeams
        options.maximumLength = length
        options.minimumLength = length + 64
        try timed("caption of \(length) tokens, \(numBeams) beams") {
            _ = try captioner.captions(of: [Self.picture], options: options)
        }
        let weightBytes = captioner.parts.model.namedParameters.reduce(0) { $0 + $1.parameter.byteCount }
        print("weights: \(Self.gibibytes(weightBytes)) GiB")
        if !Self.isSplit(directory) {
            let estimate = try MemoryEstimate(
                directory: directory, batchSize: 1, options: options.text, formats: formats)
            print("peak as estimated: \(Self.gibibytes(estimate.peakBytes)) GiB")
        }
        let limit = weightBytes + weightBytes * 15 / 100 + 1 << 30
        print("peak resident: \(Self.gibibytes(Self.peak)) GiB of \(Self.gibibytes(limit))")
        if Self.peak > limit { throw ExitCode(1) }
    }

    /// The captioner of a folder of transformers, or of LAVIS's files.
    private func captioner(_ directory: URL, _ formats: WeightFormats) throws -> Captioner {
        guard Self.isSplit(directory) else { return try Captioner(directory: directory, formats: formats) }
        var options = Conversion.Options()
        options.vision = directory.appendingPathComponent(SplitFiles.vision)
        options.language = directory.appendingPathComponent(SplitFiles.language)
        let conversion = try Conversion(
            of: directory.appendingPathComponent(SplitFiles.checkpoint), options: options)
        return Captioner(try VisionLanguageParts(conversion, formats: formats))
    }

    private static func isSplit(_ directory: URL) -> Bool {
        FileManager.default.fileExists(atPath: directory.appendingPathComponent(SplitFiles.checkpoint).path)
    }

    /// Goes from a picture to the logits of the first token, and tells what each part takes.
    private func writeFirstToken(_ parts: VisionLanguageParts) {
        let (model, context) = (parts.model, Context.evaluation())
        withoutGradients {
            let pixels = parts.processor.normalization.batch(of: [parts.processor.square(Self.picture)])
            let seen = timed("image encoder") { model.images(pixels, context) }
            let prompts = timed("Q-Former and projection") {
                let asked = model.qformer(
                    model.images.queries.value, image: model.qformer.memory(of: seen), batchCount: 1, context)
                return model.projection(asked.hidden)
            }
            let prompt = MaskedTokens(parts.tokenizer.batch([parts.prompt], layout: BatchLayout()))
            timed("language model, \(prompts.shape[1] + prompt.tokenCount) vectors") {
                _ = model.language.begin(prefix: prompts, prompt: prompt, context).logits.scalars[0]
            }
        }
    }

    private func timed<Result>(_ what: String, _ body: () throws -> Result) rethrows -> Result {
        let began = ContinuousClock.now
        defer { report(what, Self.seconds(ContinuousClock.now - began)) }
        return try body()
    }

    private func report(_ what: String, _ seconds: Double) { print("\(what): \((seconds * 100).rounded() / 100) s") }

    private static func gibibytes(_ bytes: Int) -> Double { (Double(bytes) / Double(1 << 30) * 100).rounded() / 100 }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    /// A picture of waves of colours.
    private static let picture = Image(
        width: 640, height: 480, pixels: (0..<640 * 480 * 3).map { UInt8(truncatingIfNeeded: $0 / 7 + $0 / 1920 * 3) })

    /// Since the system started this process.
    private static var secondsSinceStart: Double {
        guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let uptime = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
            let fields = status.split(separator: ")").last?.split(separator: " "), fields.count > 19,
            let started = Double(fields[19]), let now = uptime.split(separator: " ").first.flatMap({ Double($0) })
        else { return .nan }
        return now - started / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The most bytes that were resident at once.
    private static var peak: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}

extension WeightFormat: ExpressibleByArgument {}
