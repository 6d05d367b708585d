/// A family of caption scores.
public enum CaptionMetric: String, CaseIterable, Sendable {
    case bleu, meteor, rouge, cider, spice

    /// The names of its scores, as pycocoevalcap prints them.
    public var keys: [String] {
        switch self {
        case .bleu: ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"]
        case .meteor: ["METEOR"]
        case .rouge: ["ROUGE_L"]
        case .cider: ["CIDEr"]
        case .spice: ["SPICE"]
        }
    }

    /// The best score there can be: CIDEr ends at 10, all others at 1.
    public var scale: Double { self == .cider ? 10 : 1 }
}
