import ArgumentParser
import CCeilings
import Tensors

/// Matrix products in the three orientations of training, beside OpenBLAS's.
struct ProductBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "products",
        abstract: "Float32 matrix products, beside OpenBLAS on one thread and on each thread at once.")

    @OptionGroup var options: BenchmarkOptions

    mutating func run() throws {
        let ceilings = options.begin("Matrix products")
        print(
            """
            Float32, M rows, K inputs, N outputs: forward Y[M,N] = X Wᵀ, by the input dX[M,K] = dY W, by the weight \
            dW[N,K] = dYᵀ X. GFLOP/s on \(ceilings.threads) threads, and two shares: of OpenBLAS's rate on one thread \
            alone times \(ceilings.threads), and of that of \(ceilings.threads) products by OpenBLAS at once, each on a \
            thread, which is what threads that share a machine leave each other.

            """)
        let table = Table(
            "M x N x K", "forward", "alone", "at once", "by input", "alone", "at once", "by weight", "alone", "at once")
        for shape in Self.shapes {
            let cells = try Orientation.all.map { orientation -> [String] in
                let side = ProductSide(shape, orientation, threads: ceilings.threads)
                let alone = { side.blas(threads: 1) }, atOnce = { side.blas(threads: ceilings.threads) }
                let times = try takingTurns(rounds: options.rounds, [side.own, alone, atOnce])
                return [gigas(side.operations / times[0])]
                    + times.dropFirst().map { ratio($0 / times[0] / Double(ceilings.threads)) }
            }
            table.row(["\(shape.m) x \(shape.n) x \(shape.k)"] + cells.joined())
        }
    }

    struct ProductShape: Sendable {
        let m: Int
        let n: Int
        let k: Int
    }

    /// Of the small models' training steps, then of the published models.
    private static let shapes = [
        (2080, 384, 128), (2080, 128, 128), (2080, 512, 128), (2080, 128, 512), (1024, 1000, 128), (1024, 128, 128),
        (544, 192, 64), (544, 64, 256), (544, 384, 128), (512, 128, 128), (512, 512, 128), (512, 128, 512),
        (256, 128, 128), (256, 3072, 768), (257, 4224, 1408), (257, 1408, 6144), (2056, 1408, 1408),
        (2048, 2048, 2048), (32, 768, 768), (32, 3072, 768), (40, 2560, 2560), (5, 2560, 2560), (1, 2560, 2560),
    ].map { ProductShape(m: $0.0, n: $0.1, k: $0.2) }
}

/// Which operands are read transposed.
private struct Orientation: Sendable {
    let transposesLeft: Bool
    let transposesRight: Bool
    let extents: @Sendable (ProductBenchmark.ProductShape) -> (m: Int, n: Int, k: Int)

    static let all = [
        Orientation(transposesLeft: false, transposesRight: true) { ($0.m, $0.n, $0.k) },
        Orientation(transposesLeft: false, transposesRight: false) { ($0.m, $0.k, $0.n) },
        Orientation(transposesLeft: true, transposesRight: false) { ($0.n, $0.k, $0.m) },
    ]
}

private final class ProductSide {
    private let m: Int
    private let n: Int
    private let k: Int
    private let orientation: Orientation
    private let left: Tensor
    private let right: Tensor
    private var results: Tensor

    init(_ shape: ProductBenchmark.ProductShape, _ orientation: Orientation, threads: Int) {
        (m, n, k) = orientation.extents(shape)
        self.orientation = orientation
        left = .normal(orientation.transposesLeft ? [k, m] : [m, k], deviation: 1, key: RandomKey(seed: 1))
        right = .normal(orientation.transposesRight ? [n, k] : [k, n], deviation: 1, key: RandomKey(seed: 2))
        results = Tensor(zeros: [threads, m, n])
    }

    var operations: Double { 2 * Double(m * n) * Double(k) }

    func own() -> Double {
        meanSeconds {
            _ = left.matrixProduct(
                right, transposingSelf: orientation.transposesLeft, transposingOther: orientation.transposesRight)
        }
    }

    /// Seconds of a product by OpenBLAS on one thread, while each of so many threads computes one.
    func blas(threads: Int) -> Double {
        results.withMutableScalars { results in
            left.withScalars { left in
                right.withScalars { right in
                    var product = ceiling_product(
                        transpose_a: orientation.transposesLeft, transpose_b: orientation.transposesRight, m: Int64(m),
                        n: Int64(n), k: Int64(k), a: left.baseAddress, b: right.baseAddress, c: results.baseAddress)
                    return ceiling_blas_seconds(Int32(threads), &product)
                }
            }
        }
    }
}
