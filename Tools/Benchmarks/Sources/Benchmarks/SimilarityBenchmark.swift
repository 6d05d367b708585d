import ArgumentParser
import BLIP2
import CCeilings
import Tensors

/// The similarities of many pictures and texts, by which retrieval chooses its candidates, beside the products that are in them.
struct SimilarityBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similarities",
        abstract: "Similarities of pictures with 32 queries each and texts, beside the bare matrix products.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Pictures.")
    var pictures = 1000

    @Option(help: "Texts.")
    var texts = 5000

    @Option(help: "Candidates of each picture and of each text.")
    var candidates = 128

    func validate() throws {
        try requirePositive(["--pictures": pictures, "--texts": texts, "--candidates": candidates])
    }

    mutating func run() throws {
        let ceilings = options.begin("Similarities")
        let sides = Sides(pictureCount: pictures, textCount: texts, candidateCount: candidates)
        print(
            """
            \(pictures) pictures of 32 queries, \(texts) texts, vectors of \(Sides.width); medians of \(options.rounds) rounds. \
            GFLOP/s of the products alone, the share of their rate, and that of OpenBLAS's rate on one thread times \
            \(ceilings.threads) for one block.

            """)
        let times = try takingTurns(rounds: options.rounds, [sides.products, sides.matrix, sides.search, sides.blas])
        let table = Table("what", "seconds", "GFLOP/s", "share", "of BLAS")
        let names = ["products", "best of 32 queries", "and candidates of both sides"]
        for (name, time) in zip(names, times) {
            let blas = times[3] / Double(ceilings.threads)
            table.row([
                name, String(format: "%.3f", time), gigas(sides.operations / time), ratio(times[0] / time),
                ratio(blas / time),
            ])
        }
    }

    /// Unit vectors of no meaning.
    private final class Sides {
        static let width = 256
        private static let queryCount = 32
        private static let block = (pictures: 32, texts: 1024)
        private let pictures: Tensor
        private let texts: Tensor
        private let candidateCount: Int

        init(pictureCount: Int, textCount: Int, candidateCount: Int) {
            pictures = Tensor.normal(
                [pictureCount, Self.queryCount, Self.width], deviation: 1, key: RandomKey(seed: 1)
            ).l2Normalized()
            texts = Tensor.normal([textCount, Self.width], deviation: 1, key: RandomKey(seed: 2)).l2Normalized()
            self.candidateCount = candidateCount
        }

        var operations: Double { 2 * Double(pictures.count) * Double(texts.shape[0]) }

        private func forEachBlock(_ body: (Tensor, Tensor) -> Void) -> Double {
            seconds {
                for first in stride(from: 0, to: pictures.shape[0], by: Self.block.pictures) {
                    let some = pictures.slice(
                        axis: 0, from: first, to: min(first + Self.block.pictures, pictures.shape[0]))
                    for start in stride(from: 0, to: texts.shape[0], by: Self.block.texts) {
                        body(some, texts.slice(axis: 0, from: start, to: min(start + Self.block.texts, texts.shape[0])))
                    }
                }
            }
        }

        func products() -> Double {
            forEachBlock { some, others in
                _ = some.reshaped(to: [some.shape[0] * Self.queryCount, Self.width])
                    .matrixProduct(others, transposingOther: true)
            }
        }

        func matrix() -> Double { forEachBlock { _ = bestCosines(of: $0, to: $1) } }

        func search() -> Double {
            seconds { _ = PairCandidates(pictures: pictures, texts: texts, count: candidateCount) }
        }

        /// What OpenBLAS would take for all products on one thread, from the time of one block.
        func blas() -> Double {
            let (rows, columns) = (Self.block.pictures * Self.queryCount, Self.block.texts)
            var result = Tensor(zeros: [rows, columns])
            let left = Tensor.normal([rows, Self.width], deviation: 1, key: RandomKey(seed: 3))
            let right = Tensor.normal([columns, Self.width], deviation: 1, key: RandomKey(seed: 4))
            let time = result.withMutableScalars { result in
                left.withScalars { left in
                    right.withScalars { right in
                        var product = ceiling_product(
                            transpose_a: false, transpose_b: true, m: Int64(rows), n: Int64(columns),
                            k: Int64(Self.width), a: left.baseAddress, b: right.baseAddress, c: result.baseAddress)
                        return ceiling_blas_seconds(1, &product)
                    }
                }
            }
            return time * operations / (2 * Double(rows * columns * Self.width))
        }
    }
}
