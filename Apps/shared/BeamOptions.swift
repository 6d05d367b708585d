import ArgumentParser

/// The options of programs that search texts by beams.
public struct BeamOptions: ParsableArguments {
    /// How many beams are kept for each picture.
    @Option(help: "Beams kept for each picture.")
    public var numBeams = 5

    /// The most new tokens; nil for what is usual for the kind of text.
    @Option(help: "The most new tokens; 30 for captions and 10 for answers unless given.")
    public var maxLength: Int?

    /// The least tokens; nil for what is usual for the kind of text.
    @Option(
        help:
            "The least tokens, by LAVIS's convention with those of the prompt; 8 for captions and 1 for answers unless given."
    )
    public var minLength: Int?

    /// The defaults.
    public init() {}

    /// Refuses what no search can do.
    public func validate() throws {
        for (name, value, range) in [
            ("--num-beams", numBeams, 1...1000), ("--max-length", maxLength ?? 1, 1...10_000_000),
            ("--min-length", minLength ?? 0, 0...10_000_000),
        ] where !range.contains(value) {
            throw ValidationError("\(name) is \(value), wanted \(range.lowerBound) to \(range.upperBound)")
        }
    }
}
