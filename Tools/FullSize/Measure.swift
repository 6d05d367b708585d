import ArgumentParser
import BLIP2
import Foundation
import Images
import Programs
import Tensors

struct Measure: Program {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Captions a made picture, and prints times and memory beside what is expected.",
        discussion: """
            Call it twice: the first call brings the files into the page cache. The time to the first token runs from the \
            start of the process.
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

    @Argument(help: "A captioner's folder.")
    var model: String

    func run() throws {
        let directory = URL(fileURLWithPath: model)
        var options = Captioner.Options()
        options.beamCount = numBeams
        options.maximumLength = 1
        options.minimumLength = 0
        let formats = WeightFormats(weights.dtype, vision: weights.visionDtype, language: weights.languageDtype)
        let captioner = try Captioner(directory: directory, formats: formats)
        report("opened", Self.secondsSinceStart)
        _ = try captioner.captions(of: [Self.picture], options: options)
        report("start to first token", Self.secondsSinceStart)
        options.maximumLength = length
        options.minimumLength = length + 64
        let began = ContinuousClock.now
        _ = try captioner.captions(of: [Self.picture], options: options)
        report("caption of \(length) tokens, \(numBeams) beams", Self.seconds(ContinuousClock.now - began))
        let estimate = try MemoryEstimate(directory: directory, batchSize: 1, options: options.text, formats: formats)
        print("weights: \(Self.gibibytes(estimate.weightBytes)) GiB")
        print("peak as estimated: \(Self.gibibytes(estimate.peakBytes)) GiB")
        print("peak resident: \(Self.gibibytes(Self.peak)) GiB")
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
