import Tensors

/// What became of every key of the checkpoints that a conversion reads, and of every weight of the model that it makes.
public struct KeyAccount: Sendable {
    /// Keys of one checkpoint that are left behind for one reason.
    public struct Dispensed: Sendable, Hashable {
        /// The checkpoint.
        public let origin: String
        /// Why.
        public let reason: String
        /// The keys, in LAVIS's names.
        public internal(set) var names: [String]
    }

    /// How many keys of each checkpoint are used, by its path.
    public internal(set) var used: [(origin: String, count: Int)] = []
    /// What is left behind by design.
    public internal(set) var dispensed: [Dispensed] = []
    /// Weights that no checkpoint has.
    public internal(set) var missing: [String] = []
    /// Keys that nothing is known about.
    public internal(set) var unexpected: [(origin: String, name: String)] = []
    /// Tensors of another shape than their weight.
    public internal(set) var misshapen: [(name: String, found: Shape, expected: Shape)] = []

    /// Whether a model comes out that is whole, and nothing unknown is lost.
    public var isSound: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    mutating func dispense(_ name: String, of origin: String, _ reason: String) {
        if let place = dispensed.firstIndex(where: { $0.origin == origin && $0.reason == reason }) {
            dispensed[place].names.append(name)
        } else {
            dispensed.append(Dispensed(origin: origin, reason: reason, names: [name]))
        }
    }

    /// A line for each group of keys.
    public var lines: [String] {
        used.map { "used: \($0.count) of \($0.origin)" }
            + dispensed.map {
                "absent by design: \($0.names.count) of \($0.origin): \($0.reason) (\(Self.summary($0.names)))"
            }
            + missing.map { "missing: \($0)" } + unexpected.map { "unexpected: \($0.name) in \($0.origin)" }
            + misshapen.map { "of another shape: \($0.name) is \($0.found), wanted \($0.expected)" }
    }

    /// The first names.
    private static func summary(_ names: [String]) -> String {
        names.prefix(2).joined(separator: ", ") + (names.count > 2 ? ", ..." : "")
    }
}
