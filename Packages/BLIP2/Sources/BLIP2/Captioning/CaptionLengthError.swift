/// Captions were asked for that are longer than the language model can count.
public struct CaptionLengthError: Error, Hashable, Sendable, CustomStringConvertible {
    /// New tokens asked for.
    public var asked: Int
    /// Positions of the language model.
    public var positionCount: Int
    /// Positions that the picture takes.
    public var queryCount: Int
    /// Positions that the prompt takes.
    public var promptCount: Int

    /// The most new tokens; the last of them is never read, so that it needs no position.
    public var limit: Int { positionCount - queryCount - promptCount + 1 }

    /// What was asked for, and what would be right.
    public var description: String {
        "captions of up to \(asked) new tokens do not fit into the language model's \(positionCount) positions, of which "
            + "the picture takes \(queryCount) and the prompt \(promptCount); "
            + (limit < 1 ? "no room is left: a shorter prompt is wanted" : "wanted at most \(limit)")
    }

    static func check(_ asked: Int, positionCount: Int?, queryCount: Int, promptCount: Int) throws {
        guard let positionCount else { return }
        let error = CaptionLengthError(
            asked: asked, positionCount: positionCount, queryCount: queryCount, promptCount: promptCount)
        if asked > error.limit { throw error }
    }
}
