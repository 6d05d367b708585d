import Configuration

/// The most tokens of a text, as a recipe says under `max_txt_len`.
struct TextLimit {
    let count: Int
    private let error: (_ problem: String) -> ConfigurationError

    init(from section: ConfigurationSection) throws {
        count = try section.value("max_txt_len", default: 32, in: 1...65_536)
        error = { section.error("max_txt_len", $0) }
    }

    /// Throws `ConfigurationError` if a model has fewer positions: that should not come out with the first long text.
    ///
    /// - Parameters:
    ///   - positionCount: the model's
    ///   - model: what it is
    ///   - vectorCount: how many vectors stand in front of the text
    func check(positionCount: Int, of model: String, behind vectorCount: Int = 0) throws {
        let room = positionCount - vectorCount
        guard count > room else { return }
        let vectors = vectorCount == 0 ? "" : ", of which the prompt takes \(vectorCount)"
        throw error("is \(count), wanted at most \(room): the \(model) has \(positionCount) positions\(vectors)")
    }
}
