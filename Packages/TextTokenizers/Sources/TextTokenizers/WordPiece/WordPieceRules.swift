/// How a WordPiece tokenizer cuts a text into words; the defaults are those of BERT uncased.
public struct WordPieceRules: Hashable, Sendable {
    /// Whether text is brought to lower case.
    public var lowercases = true
    /// Whether accents are stripped: canonical decomposition, then non-spacing marks go.
    public var stripsAccents = true
    /// Whether every Chinese ideograph is a word of its own.
    public var isolatesIdeographs = true
    /// The number of characters above which a word is unknown.
    public var maximumWordLength = 100

    /// The rules of `bert-base-uncased`.
    public static let bertUncased = WordPieceRules()
    /// The rules of `bert-base-cased`.
    public static let bertCased = WordPieceRules(lowercases: false, stripsAccents: false)

    /// Rules that differ from BERT uncased's where an argument says so.
    public init(
        lowercases: Bool = true, stripsAccents: Bool = true, isolatesIdeographs: Bool = true,
        maximumWordLength: Int = 100
    ) {
        self.lowercases = lowercases
        self.stripsAccents = stripsAccents
        self.isolatesIdeographs = isolatesIdeographs
        self.maximumWordLength = maximumWordLength
    }
}
