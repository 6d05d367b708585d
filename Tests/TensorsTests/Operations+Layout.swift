import Tensors

extension Operation {
    static let layouts: [Operation] =
        [
            Operation("reshaped") { $0[0].reshaped(to: [5, 6]) },
            Operation("transposed.matrix") { $0[0].transposed([1, 0]) },
            Operation("transposed.rank3") { $0[0].transposed([2, 0, 1]) },
            Operation("transposed.heads") { $0[0].transposed([0, 2, 1, 3]) },
            Operation("transposed.rank5") { $0[0].transposed([4, 0, 3, 1, 2]) },
            Operation("broadcast") { $0[0].broadcast(to: [2, 3, 4, 5]) },
            Operation("gathering") { $0[0].gathering($0.indices[0]) },
        ]
        + (0..<3).flatMap { axis in
            [
                Operation("slice.\(axis)") { $0[0].slice(axis: axis, from: 1, to: 3) },
                Operation("concatenating.\(axis)") { .concatenating([$0[0], $0[1], $0[2]], axis: axis) },
                Operation("split.\(axis)") { operands in
                    let input = operands[0]
                    let parts = input.split(axis: axis, sizes: [1, input.shape[axis] - 1])
                    return .concatenating(parts.reversed(), axis: axis)
                },
            ]
        }

    static let reductions: [Operation] =
        [
            Operation("sum.all") { $0[0].sum() },
            Operation("mean.all") { $0[0].mean() },
        ]
        + (0..<3).flatMap { axis in
            [
                Operation("sum.\(axis)") { $0[0].sum(axis: axis) },
                Operation("mean.\(axis)") { $0[0].mean(axis: axis - 3) },
                Operation("max.\(axis)") { $0[0].max(axis: axis) },
            ]
        }
}
