import ArgumentParser
import Tensors

/// Products of one row and of five beams with the weights of a large language model, in each storage type: what decoding
/// is made of. Memory bounds them, so the figure to look at is the share of what reading alone reaches.
struct StoredWeightBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights",
        abstract: "Products of few rows with weights in each storage type, beside reading as many bytes.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Elements of all matrices of a shape together, in millions: more than the caches hold.")
    var millions = 96

    mutating func run() throws {
        let ceilings = options.begin("Stored weights")
        let read = Tensor(repeating: 1, shape: [millions << 20])
        print(
            """
            Matrices of a shape in turn, \(millions) million elements together, on \(ceilings.threads) threads. GB/s of the \
            weights' bytes; the share is that of a sum over float32 elements, which only reads, in turns.

            """)
        let table = Table("rows x outputs x inputs", "type", "GB/s", "reading", "share", "ms")
        for (outputs, inputs) in [(2560, 2560), (10240, 2560), (2560, 10240)] {
            let count = max(1, (millions << 20) / (outputs * inputs))
            let dense = Tensor.normal([outputs, inputs], deviation: 0.02, key: RandomKey(seed: 1))
            for format in WeightFormat.allCases {
                let weights = (0..<count).map { _ in
                    let weight = Parameter(dense + 0)
                    weight.store(as: format)
                    return weight
                }
                let bytes = weights.reduce(0) { $0 + $1.byteCount }
                for rows in [1, 5] {
                    let input = Tensor.normal([rows, inputs], deviation: 1, key: RandomKey(seed: 2))
                    let times = try takingTurns(
                        rounds: options.rounds,
                        [
                            { meanSeconds(over: 0.05) { for weight in weights { _ = linear(input, weight) } } },
                            { meanSeconds(over: 0.05) { _ = read.sum() } },
                        ])
                    let (own, reading) = (Double(bytes) / times[0], Double(read.count * 4) / times[1])
                    table.row([
                        "\(rows) x \(outputs) x \(inputs)", format.rawValue, gigas(own), gigas(reading),
                        ratio(own / reading), milliseconds(times[0] / Double(count)),
                    ])
                }
            }
        }
    }
}
