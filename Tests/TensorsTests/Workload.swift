import Tensors
import TestSupport
import Testing

/// An operation on operands that are large enough to be divided among threads, odd enough that vectors and tiles have
/// ends, and made without the library's own draws. Each is run forward and backward.
struct Workload: Sendable {
    let name: String
    let inputs: [Shape]
    var indices: [(shape: Shape, end: Int)] = []
    let function: @Sendable (Operands) -> Tensor

    /// The result and all gradients.
    func evaluated() -> [Tensor] {
        let operands = Operands(
            parameters: inputs.enumerated().map { Parameter(noise($1, seed: UInt64($0) + 1)) },
            indices: indices.enumerated().map { noise($1.shape, below: $1.end, seed: UInt64($0) + 11) })
        return evaluate(function, at: operands)
    }

    static let all = maps + rows + products + storedProducts + attention
    /// Those that round operands of products: where one lies between two numbers of bfloat16, its last bit decides, so that
    /// variants of the kernels agree less closely.
    static let rounding = (products + attention).map { workload in
        Workload(name: "\(workload.name), bfloat16", inputs: workload.inputs, indices: workload.indices) { operands in
            withProducts(in: .bfloat16) { workload.function(operands) }
        }
    }
    private static let draws = RandomKey(seed: 5)

    private static let maps: [Workload] =
        [
            Workload(name: "add", inputs: [[131, 517], [131, 517]]) { $0[0] + $0[1] },
            Workload(name: "multiply broadcast", inputs: [[37, 53, 131], [53, 1]]) { $0[0] * $0[1] },
            Workload(name: "divide broadcast", inputs: [[517], [131, 1]]) { $0[0] / ($0[1] + 2) },
            Workload(name: "exp, log, root, square", inputs: [[131, 517]]) {
                ($0[0].exp() + $0[0].squared() + ($0[0] + 2).log()) * ($0[0] + 1.5).squareRoot()
            },
            Workload(name: "dropout", inputs: [[131, 517]]) { $0[0].dropout(rate: 0.3, key: draws, firstSample: 3) },
            Workload(name: "transposed", inputs: [[7, 65, 3, 43]]) { $0[0].transposed([0, 2, 1, 3]).squared() },
            Workload(name: "slices", inputs: [[131, 517]]) {
                .concatenating($0[0].split(axis: 1, sizes: [100, 17, 400]).reversed(), axis: 1)
            },
            Workload(name: "gathering", inputs: [[301, 131]], indices: [([1031], 301)]) {
                $0[0].gathering($0.indices[0])
            },
            Workload(name: "sums", inputs: [[31, 517, 37]]) {
                $0[0].sum(axis: 1) + $0[0].sum(axis: 0).sum(axis: 0) + $0[0].sum(axis: 2).sum()
            },
            Workload(name: "maximum", inputs: [[31, 517, 37]]) { $0[0].max(axis: 1) + $0[0].max(axis: 2).sum() },
        ]
        + Activation.allCases.map { activation in
            Workload(name: activation.rawValue, inputs: [[131, 517]]) { ($0[0] * 4).activated(activation) }
        }

    private static let rows: [Workload] = [
        Workload(name: "softmax", inputs: [[517, 131]]) { ($0[0] * 5).softmax() },
        Workload(name: "log-softmax", inputs: [[131, 1031]]) { ($0[0] * 5).logSoftmax() },
        Workload(name: "cross-entropy", inputs: [[131, 1031]], indices: [([131], 1031)]) {
            ($0[0] * 5).crossEntropy($0.indices[0], ignoring: 3, smoothing: 0.1)
        },
        Workload(name: "layer norm", inputs: [[517, 131], [131], [131]]) {
            layerNorm($0[0], $0.parameters[1], $0.parameters[2], epsilon: 1e-6)
        },
        Workload(name: "RMS norm", inputs: [[517, 131], [131]]) { rmsNorm($0[0], $0.parameters[1], epsilon: 1e-6) },
        Workload(name: "L2 normalization", inputs: [[517, 131]]) { $0[0].l2Normalized() },
    ]

    private static let products: [Workload] = [
        Workload(name: "linear", inputs: [[517, 67], [259, 67], [259]]) {
            linear($0[0], $0.parameters[1], bias: $0.parameters[2], activation: .gelu)
        },
        Workload(name: "linear, few rows", inputs: [[5, 515], [259, 515], [259]]) {
            linear($0[0], $0.parameters[1], bias: $0.parameters[2], activation: .silu)
        },
        Workload(name: "linear, long sums", inputs: [[47, 1031], [86, 1031], [86]]) {
            linear($0[0], $0.parameters[1], bias: $0.parameters[2], activation: .relu)
        },
        Workload(name: "product, long sums", inputs: [[61, 2081], [2081, 70]]) { $0[0].matrixProduct($0[1]) },
        Workload(name: "product, many", inputs: [[23, 37, 67], [23, 67, 41]]) { $0[0].matrixProduct($0[1]) },
        Workload(name: "product, transposed", inputs: [[517, 131], [67, 517]]) {
            $0[0].matrixProduct($0[1], transposingSelf: true, transposingOther: true)
        },
        Workload(name: "product, shared", inputs: [[23, 67, 37], [131, 67]]) {
            $0[0].matrixProduct($0[1], transposingSelf: true, transposingOther: true)
        },
    ]

    private static let storedProducts: [Workload] = WeightFormat.allCases.dropFirst().flatMap { format in
        [5, 140, 300].map { rows in
            Workload(name: "linear, \(format.rawValue), \(rows) rows", inputs: [[rows, 515], [259]]) {
                let weight = Parameter(noise([259, 515], seed: 8))
                weight.store(as: format)
                return linear($0[0], weight, bias: $0.parameters[1], activation: .gelu)
            }
        }
    }

    private static let attention: [Workload] = [
        Workload(name: "attention", inputs: [[5, 67, 96], [5, 131, 96], [5, 131, 96], [4, 67, 131]]) {
            attend(
                query: $0[0], key: $0[1], value: $0[2], headCount: 4, scale: 0.3, bias: $0[3],
                dropout: AttentionDropout(rate: 0.2, key: draws, firstSample: 2))
        },
        Workload(name: "attention, fused", inputs: [[7, 131, 3 * 66], [7, 1, 1, 131]]) {
            attend(fused: $0[0], headCount: 3, scale: 0.3, bias: $0[1])
        },
    ]
}
