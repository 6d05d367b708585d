import ArgumentParser
import LanguageModels
import Layers
import Tensors

/// Steps of decoding by a large language model, beside PyTorch and beside reading its weights alone.
struct DecodingBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decoding", abstract: "Steps of OPT-2.7b after 40 tokens, with one beam and five, beside PyTorch.",
        discussion: "Takes up to 12 GB, with PyTorch beside.")

    @OptionGroup var options: BenchmarkOptions

    @Option(parsing: .upToNextOption, help: "Beams.")
    var beams = [1, 5]

    @Option(parsing: .upToNextOption, help: "Storage types.")
    var dtype: [WeightFormat] = [.bfloat16, .int8]

    @Option(help: "Steps that are timed together.")
    var steps = 8

    func validate() throws { try requirePositive(["--beams": beams.min() ?? 0, "--steps": steps]) }

    mutating func run() throws {
        _ = options.begin("Decoding")
        let sizes = OPTConfiguration.opt2p7b
        print(
            """
            OPT-2.7b after \(Self.promptCount) tokens; milliseconds a step, medians of \(options.rounds) rounds. Each step \
            reads every matrix once; the share is that of reading as many bytes of memory, measured in each round. \
            PyTorch runs in bfloat16.

            """)
        let table = Table("type, beams", "ms", "GB/s", "reading", "share", "PyTorch", "ratio")
        let reading = MemoryReading()
        let peer = try options.inferencePeer("decoding", .bfloat16)
        for format in dtype {
            let model = OPT(sizes, weights: .unset)
            DrawnWeights().fill(model, format)
            let bytes = model.namedParameters.filter { $0.parameter.shape.rank == 2 && !$0.name.contains("positions") }
                .reduce(0) { $0 + $1.parameter.byteCount }
            for rows in beams {
                var sides: [Side] = [own(model, rows), reading.seconds]
                if let peer { sides.append { [steps] in try peer.ask("\(rows) \(steps)") } }
                let times = try options.medians(sides)
                let (rate, bound) = (Double(bytes) / times[0], Double(reading.byteCount) / times[1])
                table.row(
                    [
                        "\(format.rawValue), \(rows)", milliseconds(times[0]), gigas(rate), gigas(bound),
                        ratio(rate / bound),
                    ] + (times.count > 2 ? [milliseconds(times[2]), ratio(times[2] / times[0])] : ["", ""]))
            }
        }
    }

    private static let promptCount = 40

    /// Seconds of a step in so many rows that continue one prompt.
    private func own(_ model: OPT, _ rows: Int) -> Side {
        let ids = (0..<Self.promptCount).map { Int32(5 + $0 * 97) }
        let prompt = MaskedTokens(IndexTensor(ids, shape: [1, ids.count]))
        return { [steps] in
            withoutGradients {
                var (_, decoding) = model.begin(prefix: nil, prompt: prompt, .evaluation())
                decoding.reorder(by: IndexTensor(repeating: 0, shape: [rows]))
                let tokens = IndexTensor((0..<Int32(rows)).map { 7 + $0 }, shape: [rows])
                _ = decoding.advance(tokens)
                return seconds { for _ in 0..<steps { _ = decoding.advance(tokens) } } / Double(steps)
            }
        }
    }
}
