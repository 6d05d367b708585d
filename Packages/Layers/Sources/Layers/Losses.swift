import Tensors

/// The terms of a training loss, in the order in which they are added. Their names begin with `loss_`, as in the
/// reference, and stand in logs as they are.
public struct Losses: Sendable {
    /// Each term as it enters the sum, already weighted.
    public private(set) var terms: [(name: String, value: Tensor)]

    /// A loss of these terms, each a scalar.
    public init(_ terms: [(name: String, value: Tensor)]) {
        precondition(!terms.isEmpty, "a loss has at least one term")
        self.terms = terms
    }

    /// A loss of these terms, each a scalar, written as a literal.
    public init(_ terms: KeyValuePairs<String, Tensor>) { self.init(terms.map { (name: $0.key, value: $0.value) }) }

    /// Adds a term, a scalar.
    public mutating func append(_ name: String, _ value: Tensor) { terms.append((name, value)) }

    /// The term of this name, or nil.
    public subscript(name: String) -> Tensor? { terms.first { $0.name == name }?.value }

    /// The sum of all terms.
    public var total: Tensor { terms.dropFirst().reduce(terms[0].value) { $0 + $1.value } }
}
