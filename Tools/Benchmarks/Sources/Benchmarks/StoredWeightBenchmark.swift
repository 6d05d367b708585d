import ArgumentParser
import Tensors

/// Products with the weights of the published models in each storage type: of one row and of some beams, which memory
/// bounds, beside what reading alone reaches; of the many rows of pictures and prompts beside weights in float32.
struct StoredWeightBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights",
        abstract: "Products with weights in each storage type, beside reading as many bytes and beside float32.")

    @OptionGroup var options: BenchmarkOptions

    @Option(parsing: .upToNextOption, help: "Storage types of the weights.")
    var dtype = WeightFormat.allCases

    @Option(parsing: .upToNextOption, help: "Few rows, as of beams.")
    var rows = [1, 5, 8]

    @Option(help: "Elements of all matrices that few rows are multiplied with, in millions: more than the caches hold.")
    var millions = 96

    mutating func run() throws {
        let ceilings = options.begin("Stored weights")
        try few(ceilings)
        try many(ceilings)
    }

    private func few(_ ceilings: Ceilings) throws {
        let read = Tensor(repeating: 1, shape: [millions << 20])
        print(
            """
            Matrices of a shape one after the other, \(millions) million elements together, on \(ceilings.threads) threads. \
            GB/s of the weights' bytes; the share is that of a sum over float32 elements, which only reads. It and all types \
            of a shape and a number of rows take turns.

            """)
        let table = Table("rows x outputs x inputs", "type", "GB/s", "reading", "share", "ms")
        for (outputs, inputs) in [(2560, 2560), (10240, 2560), (2560, 10240)] {
            let count = max(1, (millions << 20) / (outputs * inputs))
            let matrices = dtype.map { Self.weights(count, [outputs, inputs], $0) }
            for rows in rows {
                let input = Tensor.normal([rows, inputs], deviation: 1, key: RandomKey(seed: 2))
                let products: [Side] = matrices.map { weights in
                    { meanSeconds(over: 0.05) { for weight in weights { _ = linear(input, weight) } } }
                }
                let times = try takingTurns(
                    rounds: options.rounds, products + [{ meanSeconds(over: 0.05) { _ = read.sum() } }])
                let reading = Double(read.count * 4) / times[products.count]
                for (index, format) in dtype.enumerated() {
                    let bytes = matrices[index].reduce(0) { $0 + $1.byteCount }
                    let own = Double(bytes) / times[index]
                    table.row([
                        "\(rows) x \(outputs) x \(inputs)", format.rawValue, gigas(own), gigas(reading),
                        ratio(own / reading), milliseconds(times[index] / Double(count)),
                    ])
                }
            }
        }
    }

    private func many(_ ceilings: Ceilings) throws {
        print(
            """

            One matrix, on \(ceilings.threads) threads. GFLOP/s, and how many times those of float32, in turns.

            """)
        // Float32 is what the others are held to, asked for or not.
        let formats = [.float32] + dtype.filter { $0 != .float32 }
        let table = Table(
            ["rows x outputs x inputs", "float32"] + formats.dropFirst().flatMap { [$0.rawValue, "times"] })
        for (rows, outputs, inputs) in Self.shapes {
            let input = Tensor.normal([rows, inputs], deviation: 1, key: RandomKey(seed: 2))
            let weights = formats.map { Self.weights(1, [outputs, inputs], $0)[0] }
            let times = try takingTurns(
                rounds: options.rounds, weights.map { weight in { meanSeconds { _ = linear(input, weight) } } })
            let rates = times.map { 2 * Double(rows * outputs) * Double(inputs) / $0 }
            table.row(
                ["\(rows) x \(outputs) x \(inputs)", gigas(rates[0])]
                    + rates.dropFirst().flatMap { [gigas($0), ratio($0 / rates[0])] })
        }
    }

    /// Of the image encoder with one picture and with eight, of the Q-Former, of one prompt and of several.
    private static let shapes = [
        (257, 4224, 1408), (257, 1408, 1408), (257, 6144, 1408), (257, 1408, 6144), (2056, 4224, 1408),
        (2056, 6144, 1408), (2056, 1408, 6144), (32, 768, 768), (32, 3072, 768), (40, 2560, 2560), (40, 7680, 2560),
        (40, 10240, 2560), (40, 2560, 10240), (257, 2560, 2560), (257, 10240, 2560), (257, 2560, 10240),
    ]

    private static func weights(_ count: Int, _ shape: Shape, _ format: WeightFormat) -> [Parameter] {
        let dense = Tensor.normal(shape, deviation: 0.02, key: RandomKey(seed: 1))
        return (0..<count).map { _ in
            let weight = Parameter(dense + 0)
            weight.isFrozen = true
            weight.store(as: format)
            return weight
        }
    }
}
