import Tensors

extension Operation {
    static let arithmetic: [Operation] = {
        let operators: [(String, @Sendable (Tensor, Tensor) -> Tensor)] = [
            ("add", { $0 + $1 }), ("subtract", { $0 - $1 }), ("multiply", { $0 * $1 }), ("divide", { $0 / $1 }),
        ]
        let broadcasts = ["same", "trailing", "leading", "outer", "middle", "scalar", "rank5"]
        let binary = operators.flatMap { name, function in
            broadcasts.map { kind in Operation("\(name).\(kind)") { function($0[0], $0[1]) } }
        }
        return binary + [Operation("affine") { (1.5 - $0[0] * 0.75) / 3 + -$0[0] * 0.5 - 0.25 }]
    }()

    static let elementwise: [Operation] =
        [
            Operation("exp") { $0[0].exp() },
            Operation("log") { $0[0].log() },
            Operation("squareRoot") { $0[0].squareRoot() },
            Operation("squared") { $0[0].squared() },
            Operation("meanSquaredError", step: 1 / 8) { $0[0].meanSquaredError(to: $0[1]) },
        ]
        + Activation.allCases.map { activation in
            Operation("activated.\(activation.rawValue)") { $0[0].activated(activation) }
        }

    static let rows: [Operation] = [
        Operation("softmax.plain") { $0[0].softmax() },
        Operation("softmax.steep") { $0[0].softmax() },
        Operation("logSoftmax.plain") { $0[0].logSoftmax() },
        Operation("logSoftmax.steep", step: 1 / 16) { $0[0].logSoftmax() },
        Operation("l2Normalized.plain") { $0[0].l2Normalized() },
        Operation("l2Normalized.short") { $0[0].l2Normalized(epsilon: 3) },
        Operation("layerNorm") { layerNorm($0[0], $0.parameters[1], $0.parameters[2], epsilon: 1e-5) },
        Operation("rmsNorm") { rmsNorm($0[0], $0.parameters[1], epsilon: 1e-6) },
    ]

    static let losses: [Operation] = [
        Operation("crossEntropy.plain", step: 1 / 8) { $0[0].crossEntropy($0.indices[0]) },
        Operation("crossEntropy.ignored", step: 1 / 8) { $0[0].crossEntropy($0.indices[0]) },
        Operation("crossEntropy.smoothed", step: 1 / 8) { $0[0].crossEntropy($0.indices[0], smoothing: 0.1) },
        Operation("crossEntropy.ignoredSmoothed", step: 1 / 8) {
            $0[0].crossEntropy($0.indices[0], ignoring: -100, smoothing: 0.25)
        },
    ]
}
