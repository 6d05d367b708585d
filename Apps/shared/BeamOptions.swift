import ArgumentParser

/// The options of programs that search captions by beams.
public struct BeamOptions: ParsableArguments {
    /// How many beams are kept for each picture.
    @Option(help: "Beams kept for each picture.")
    public var numBeams = 5

    /// The most new tokens of a caption.
    @Option(help: "The most new tokens.")
    public var maxLength = 30

    /// The least tokens of a caption, those of the prompt counted.
    @Option(help: "The least tokens, those of the prompt counted.")
    public var minLength = 8

    /// The defaults.
    public init() {}

    /// Refuses what no search can do.
    public func validate() throws {
        for (name, value, least) in [
            ("--num-beams", numBeams, 1), ("--max-length", maxLength, 1), ("--min-length", minLength, 0),
        ] where value < least {
            throw ValidationError("\(name) is \(value), wanted at least \(least)")
        }
    }
}
