/// A family of caption scores.
public enum CaptionMetric: String, CaseIterable, Sendable {
    case bleu, meteor, rouge, cider
    /// CIDEr as first proposed: counts are not clipped, and a difference in length costs nothing.
    case plainCIDEr = "plain-cider"
    case spice

    /// The names of its scores, as pycocoevalcap prints them; its `CIDEr` is CIDEr-D.
    public var keys: [String] {
        switch self {
        case .bleu: ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"]
        case .meteor: ["METEOR"]
        case .rouge: ["ROUGE_L"]
        case .cider: ["CIDEr"]
        case .plainCIDEr: ["CIDEr_plain"]
        case .spice: ["SPICE"]
        }
    }

    /// The best score there can be: CIDEr ends at 10, all others at 1.
    public var scale: Double { self == .cider || self == .plainCIDEr ? 10 : 1 }
}
