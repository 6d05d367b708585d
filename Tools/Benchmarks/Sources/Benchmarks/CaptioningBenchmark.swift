import ArgumentParser
import BLIP2
import Foundation
import Images
import LanguageModels
import Layers
import Tensors

/// A whole caption by a captioner of the published size, beside PyTorch and beside what the machine allows.
struct CaptioningBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "captioning", abstract: "A caption by a captioner of the published size, beside transformers.",
        discussion: """
            Wants a folder that `full-size write` made. The floor is the time of all products at the rate of multiply-adds \
            in registers, and of reading the matrices of the language model's writing half once for each token.
            """)

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "The captioner's folder.")
    var model: String

    @Option(help: "Beams kept.")
    var beams = 5

    @Option(help: "New tokens.")
    var length = 20

    @Option(help: "The storage type of all parts; the folder's unless given.")
    var dtype: WeightFormat?

    @Option(help: "The same of the image encoder alone.")
    var visionDtype: WeightFormat?

    @Option(help: "The same of the language model alone.")
    var languageDtype: WeightFormat?

    func validate() throws { try requirePositive(["--beams": beams, "--length": length]) }

    mutating func run() throws {
        let ceilings = options.begin("A caption")
        let captioner = try Captioner(
            directory: URL(fileURLWithPath: model),
            formats: WeightFormats(dtype, vision: visionDtype, language: languageDtype))
        var settings = Captioner.Options()
        settings.beamCount = beams
        settings.maximumLength = length
        settings.minimumLength = length + 64
        let picture = Image(
            width: 640, height: 480, pixels: (0..<640 * 480 * 3).map { UInt8(truncatingIfNeeded: $0 / 7) })
        let peer = try options.inferencePeer(model, .bfloat16)
        let reading = MemoryReading()
        var sides: [Side] = [
            { try seconds { _ = try captioner.captions(of: [picture], options: settings) } }, reading.seconds,
        ]
        if let peer { sides.append { [beams, length] in try peer.ask("\(beams) \(length)") } }
        let times = try options.medians(sides)
        let cost = CaptionCost(captioner.parts.model, length: length)
        let rate = Double(reading.byteCount) / times[1]
        let floor = cost.floor(ceilings, bytesPerSecond: rate)
        print(
            """
            One picture, \(beams) beams, \(length) tokens; medians of \(options.rounds) rounds. \(gigas(cost.work)) GFLOP \
            before the first token, \(gigas(Double(cost.stepBytes))) GB read for each; memory was read with \
            \(gigas(rate)) GB/s meanwhile. \(peer?.name ?? "No Python with torch was given").

            """)
        let table = Table("captioner", "s", "floor", "to floor", "PyTorch", "ratio")
        table.row(
            [URL(fileURLWithPath: model).lastPathComponent, ratio(times[0]), ratio(floor), ratio(times[0] / floor)]
                + (times.count > 2 ? [ratio(times[2]), ratio(times[2] / times[0])] : ["", ""]))
    }
}

/// What a caption cannot do without.
private struct CaptionCost {
    /// Products before the first token, with the type of their matrices.
    private var products: [(format: WeightFormat, work: Double)] = []
    /// Bytes that each token after the first reads.
    private(set) var stepBytes = 0
    private let stepCount: Int

    /// Floating-point operations before the first token.
    var work: Double { products.reduce(0) { $0 + $1.work } }

    init(_ model: VisionLanguageModel, length: Int) {
        stepCount = length - 1
        let sizes = model.images.encoder.configuration
        let queryCount = model.images.queries.shape[1]
        products = [(Self.format(of: model.images.encoder), sizes.work)]
        for (name, parameter) in model.qformer.namedParameters where parameter.shape.rank == 2 {
            let readsImage = name.contains("crossattention.self.key") || name.contains("crossattention.self.value")
            add(parameter, rows: readsImage ? sizes.tokenCount : queryCount)
        }
        // The vectors and the token that begins or ends a prompt.
        let prefixCount = queryCount + 1
        for (name, parameter) in model.language.namedParameters where parameter.shape.rank == 2 {
            if name.contains("positions") || name.contains("relative_attention_bias") || name == "shared.weight" {
                continue
            }
            let isHead = name.contains("embed_tokens") || name == "lm_head.weight"
            let isOfReading =
                name.hasPrefix("encoder.") || name.contains("EncDecAttention.k.")
                || name.contains("EncDecAttention.v.")
            let isOfWriting = name.hasPrefix("decoder.") && !isOfReading
            add(parameter, rows: isHead || isOfWriting ? 1 : prefixCount)
            if !isOfReading { stepBytes += parameter.byteCount }
        }
    }

    private mutating func add(_ parameter: Parameter, rows: Int) {
        products.append((parameter.format, 2 * Double(rows * parameter.shape.count)))
    }

    private static func format(of module: any Module) -> WeightFormat {
        module.namedParameters.first { $0.parameter.shape.rank == 2 }?.parameter.format ?? .float32
    }

    /// Seconds at the machine's best.
    func floor(_ ceilings: Ceilings, bytesPerSecond: Double) -> Double {
        products.reduce(Double(stepCount * stepBytes) / bytesPerSecond) { $0 + $1.work / ceilings.rate(of: $1.format) }
    }
}

extension Parameter {
    /// The storage type.
    fileprivate var format: WeightFormat {
        switch storage {
        case let half as HalfWeights: half.scalarType == .bfloat16 ? .bfloat16 : .float16
        case is Int8Weights: .int8
        default: .float32
        }
    }
}
