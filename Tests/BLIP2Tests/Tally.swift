import Tensors
import Testing

/// Counts what was compared with the original code's values, and remembers the greatest error of each kind.
struct Tally {
    private(set) var counts: [String: Int] = [:]
    private var worst: [String: (error: Double, name: String)] = [:]

    /// The number of values compared.
    var total: Int { counts.values.reduce(0, +) }

    /// Expects an error of at most 1, as a share of what is allowed.
    mutating func expect(_ kind: String, _ name: String, share error: Double) {
        counts[kind, default: 0] += 1
        if !(error <= worst[kind]?.error ?? -1) { worst[kind] = (error, name) }
        #expect(error <= 1, "\(name) (\(kind)) is \(error) times as far off as allowed")
    }

    /// Expects a relative error, by Euclidean norm, of at most `tolerance`.
    mutating func expect(
        _ kind: String, _ name: String, _ actual: Tensor?, _ expected: Tensor, within tolerance: Double
    ) {
        guard let actual = sameShape(kind, name, actual, expected) else { return }
        expect(kind, name, share: difference(actual, expected) / (tolerance * norm(expected)))
    }

    /// Expects equality.
    mutating func expect<Value: Equatable>(_ kind: String, _ name: String, _ actual: Value, equals expected: Value) {
        counts[kind, default: 0] += 1
        #expect(actual == expected, "\(name) (\(kind))")
    }

    /// The value if it is there in the expected shape; else counts and fails.
    mutating func sameShape(_ kind: String, _ name: String, _ actual: Tensor?, _ expected: Tensor) -> Tensor? {
        if let actual, actual.shape == expected.shape { return actual }
        counts[kind, default: 0] += 1
        Issue.record("\(name) (\(kind)): \(actual.map { "shape \($0.shape)" } ?? "nothing"), wanted \(expected.shape)")
        return nil
    }

    mutating func add(_ other: Tally) {
        counts.merge(other.counts) { $0 + $1 }
        worst.merge(other.worst) { $0.error >= $1.error ? $0 : $1 }
    }

    /// How many values of each kind, and the greatest share of what is allowed.
    var summary: String {
        counts.sorted { $0.key < $1.key }.map { kind, count in
            "\(count) \(kind)"
                + (worst[kind].map { " (worst \(rounded($0.error)) of the tolerance: \($0.name))" } ?? "")
        }.joined(separator: ", ")
    }

    private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

func norm(_ tensor: Tensor) -> Double { tensor.sumOfSquares().squareRoot() }

/// The root of the mean square.
func size(_ tensor: Tensor) -> Double { (tensor.sumOfSquares() / Double(max(tensor.count, 1))).squareRoot() }

func difference(_ left: Tensor, _ right: Tensor) -> Double {
    zip(left.scalars, right.scalars).reduce(0.0) { $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1)) }
        .squareRoot()
}
