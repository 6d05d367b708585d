import ArgumentParser
import Tensors

/// Kernels that touch each element a few times, on tensors larger than the caches, beside a copy of as many bytes.
struct KernelBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Elementwise, softmax and norm kernels on large tensors, beside a copy of the same bytes.")

    @OptionGroup var options: BenchmarkOptions

    @Option(help: "Elements of a tensor, in millions.")
    var millions = 16

    mutating func run() throws {
        let ceilings = options.begin("Kernels over memory")
        print(
            """
            Float32, \(millions) million elements a tensor. Bytes are those that the operation must read and write; \
            the share is that of a copy that reads and writes as many, by as many threads, in turns.

            """)
        let copy = CopyBuffer(byteCount: millions << 22)
        let table = Table("kernel", "GB/s", "copy", "share")
        for kernel in Kernel.all(elements: millions << 20) {
            let times = try takingTurns(
                rounds: options.rounds,
                [
                    { meanSeconds(over: 0.03, kernel.body) },
                    { (0..<3).map { _ in copy.seconds(threads: ceilings.threads) }.reduce(0, +) / 3 },
                ])
            let own = Double(kernel.bytes) / times[0]
            let copied = 2 * Double(copy.byteCount) / times[1]
            table.row([kernel.name, gigas(own), gigas(copied), ratio(own / copied)])
        }
    }
}

/// An operation, and the bytes it must move.
private struct Kernel {
    let name: String
    let bytes: Int
    let body: () -> Void

    private init(_ name: String, tensors: Int, of elements: Int, _ body: @escaping () -> Tensor) {
        self.name = name
        self.bytes = 4 * elements * tensors
        self.body = { _ = body() }
    }

    static func all(elements: Int) -> [Kernel] {
        elementwise(elements) + rows(elements)
    }

    private static func elementwise(_ elements: Int) -> [Kernel] {
        let x = Tensor.normal([elements], deviation: 1, key: RandomKey(seed: 1))
        let y = Tensor.normal([elements], deviation: 1, key: RandomKey(seed: 2))
        let activations: [Activation] = [.relu, .gelu, .geluTanh, .silu, .tanh]
        return [
            Kernel("x + y", tensors: 3, of: elements) { x + y }, Kernel("x * y", tensors: 3, of: elements) { x * y },
            Kernel("x * number", tensors: 2, of: elements) { x * 1.5 },
            Kernel("exp x", tensors: 2, of: elements) { x.exp() },
            Kernel("dropout", tensors: 2, of: elements) { x.dropout(rate: 0.1, key: RandomKey(seed: 3)) },
        ]
            + activations.map { activation in
                Kernel(activation.rawValue, tensors: 2, of: elements) { x.activated(activation) }
            }
    }

    private static func rows(_ elements: Int) -> [Kernel] {
        let widths = [256, 1024]
        let norms = widths.flatMap { width -> [Kernel] in
            let x = Tensor.normal([elements / width, width], deviation: 1, key: RandomKey(seed: 1))
            let weight = Parameter(Tensor(repeating: 1, shape: [width]))
            let bias = Parameter(Tensor(zeros: [width]))
            return [
                Kernel("softmax, rows of \(width)", tensors: 2, of: elements) { x.softmax() },
                Kernel("log-softmax, rows of \(width)", tensors: 2, of: elements) { x.logSoftmax() },
                Kernel("layer norm, rows of \(width)", tensors: 2, of: elements) {
                    withoutGradients { layerNorm(x, weight, bias, epsilon: 1e-6) }
                },
                Kernel("RMS norm, rows of \(width)", tensors: 2, of: elements) {
                    withoutGradients { rmsNorm(x, weight, epsilon: 1e-6) }
                },
                Kernel("x + row, rows of \(width)", tensors: 2, of: elements) { x + bias.value.detached() },
            ]
        }
        return norms + reductions(elements) + backward(elements)
    }

    private static func reductions(_ elements: Int) -> [Kernel] {
        let x = Tensor.normal([elements / 1024, 1024], deviation: 1, key: RandomKey(seed: 1))
        return [
            Kernel("sum of rows", tensors: 1, of: elements) { x.sum(axis: 1) },
            Kernel("sum of columns", tensors: 1, of: elements) { x.sum(axis: 0) },
            Kernel("transpose", tensors: 2, of: elements) { x.transposed([1, 0]) },
        ]
    }

    /// Derivatives come with the passes around them; the bytes are those of all.
    private static func backward(_ elements: Int) -> [Kernel] {
        let width = 1024
        let x = Parameter(.normal([elements / width, width], deviation: 1, key: RandomKey(seed: 1)))
        let weight = Parameter(Tensor(repeating: 1, shape: [width]))
        let bias = Parameter(Tensor(zeros: [width]))
        let labels = IndexTensor(repeating: 7, shape: [elements / width])
        return [
            Kernel("cross-entropy with derivative", tensors: 3, of: elements) {
                x.value.crossEntropy(labels).gradients()[x] ?? Tensor(0)
            },
            Kernel("sum of layer norm, derivative", tensors: 7, of: elements) {
                layerNorm(x.value, weight, bias, epsilon: 1e-6).sum().gradients()[x] ?? Tensor(0)
            },
            Kernel("sum of gelu, derivative", tensors: 7, of: elements) {
                x.value.activated(.gelu).sum().gradients()[x] ?? Tensor(0)
            },
            Kernel("sum of softmax, derivative", tensors: 7, of: elements) {
                x.value.softmax().sum().gradients()[x] ?? Tensor(0)
            },
        ]
    }
}
