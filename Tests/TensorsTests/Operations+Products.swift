import Tensors

extension Operation {
    static let products: [Operation] = ["matrix", "batched", "batchedTwice", "shared"].flatMap { kind in
        [(false, false), (false, true), (true, false), (true, true)].map { left, right in
            Operation("product.\(kind).\(left ? "t" : "n")\(right ? "t" : "n")") {
                $0[0].matrixProduct($0[1], transposingSelf: left, transposingOther: right)
            }
        }
    }

    static let weights: [Operation] =
        Activation.allCases.map { activation in
            Operation("linear.\(activation.rawValue)") {
                linear($0[0], $0.parameters[1], bias: $0.parameters[2], activation: activation)
            }
        } + [
            Operation("linear.plain") { linear($0[0], $0.parameters[1]) },
            Operation("embed") { embed($0.indices[0], $0.parameters[0]) },
            Operation("tied") { operands in
                let table = operands.parameters[0]
                return linear((embed(operands.indices[0], table) + operands[1]).tanh(), table)
            },
            Operation("residual") { operands in
                let input = operands[0]
                return (input + linear(input, operands.parameters[1], activation: .gelu)) * input
            },
        ]

    static let attention: [Operation] =
        [
            Operation("attend.plain") { attend($0) },
            Operation("attend.masked") { attend($0, bias: $0.constants[0]) },
            Operation("attend.fused") { Tensors.attend(fused: $0[0], headCount: 3, scale: 0.6) },
            Operation("attend.causal") {
                Tensors.attend(fused: $0[0], headCount: 3, scale: 0.6, bias: $0.constants[0])
            },
        ]
        + ["full", "keys", "relative", "matrix"].map { kind in
            Operation("attend.bias.\(kind)") { attend($0, bias: $0[3]) }
        }

    private static func attend(_ operands: Operands, bias: Tensor? = nil) -> Tensor {
        Tensors.attend(
            query: operands[0], key: operands[1], value: operands[2], headCount: 3, scale: 0.6, bias: bias)
    }

}
