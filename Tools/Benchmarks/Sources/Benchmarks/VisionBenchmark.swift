import ArgumentParser
import Tensors
import VisionEncoder

/// The image encoder of the published models, beside PyTorch.
struct VisionBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vision", abstract: "ViT-g/14 at 224 pixels in each storage type, beside PyTorch.",
        discussion: "Takes up to 10 GB, with PyTorch beside.")

    @OptionGroup var options: BenchmarkOptions

    @Option(parsing: .upToNextOption, help: "Pictures that are read together.")
    var batch = [1, 8]

    @Option(parsing: .upToNextOption, help: "Storage types.")
    var dtype: [WeightFormat] = [.float32, .bfloat16, .int8]

    func validate() throws { try requirePositive(["--batch": batch.min() ?? 0]) }

    mutating func run() throws {
        let ceilings = options.begin("Image encoder")
        let sizes = ViTConfiguration.evaG
        print(
            """
            ViT-g/14, \(gigas(sizes.work)) GFLOP a picture; medians of \(options.rounds) rounds. PyTorch runs in float32 \
            beside float32, else in bfloat16. The share is that of the multiply-adds in registers.

            """)
        let table = Table("type, pictures", "s", "GFLOP/s", "share", "PyTorch", "ratio")
        for format in dtype {
            let encoder = VisionTransformer(sizes, weights: .unset)
            DrawnWeights().fill(encoder, format)
            let peer = try options.inferencePeer("vision", format)
            for batch in batch {
                let pixels = Tensor.normal(
                    [batch, 3, sizes.imageSize, sizes.imageSize], deviation: 1, key: RandomKey(seed: 2))
                var sides: [Side] = [{ seconds { withoutGradients { _ = encoder(pixels) } } }]
                if let peer { sides.append { try peer.ask("\(batch)") } }
                let times = try options.medians(sides)
                let rate = Double(batch) * sizes.work / times[0]
                table.row(
                    [
                        "\(format.rawValue), \(batch)", ratio(times[0]), gigas(rate),
                        ratio(rate / ceilings.rate(of: format)),
                    ] + (times.count > 1 ? [ratio(times[1]), ratio(times[1] / times[0])] : ["", ""]))
            }
        }
    }
}

extension ViTConfiguration {
    /// Floating-point operations of a picture's products.
    var work: Double {
        let (tokens, patches) = (Double(tokenCount), Double(tokenCount - 1))
        let block =
            2 * tokens * Double(width * (4 * width + 2 * feedForwardWidth)) + 4 * tokens * tokens * Double(width)
        return Double(layerCount) * block + 2 * patches * Double(3 * patchSize * patchSize * width)
    }
}
