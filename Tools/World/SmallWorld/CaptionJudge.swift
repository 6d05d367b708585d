/// Judges captions by the labels of their pictures.
public enum CaptionJudge {
    /// A colour and form that a caption names, or a picture shows.
    public struct Pair: Hashable, Sendable {
        /// The colour.
        public var colour: Colour
        /// The form.
        public var form: Form

        /// A colour and form.
        public init(colour: Colour, form: Form) {
            self.colour = colour
            self.form = form
        }

        /// Those of an object's kind.
        public init(_ kind: Kind) { self.init(colour: kind.colour, form: kind.form) }
    }

    /// The pairs a caption names: each word for a form whose word before is a colour.
    public static func pairs(in caption: String) -> [Pair] {
        let words = caption.lowercased().split { !$0.isLetter }
        return zip(words, words.dropFirst()).compactMap { before, word in
            guard let colour = Colour(rawValue: String(before)), let form = Form(word: word) else { return nil }
            return Pair(colour: colour, form: form)
        }
    }

    /// Whether a caption names at least one pair, and none that the picture does not show.
    public static func isRight(_ caption: String, showing shown: Set<Pair>) -> Bool {
        let named = pairs(in: caption)
        return !named.isEmpty && named.allSatisfy(shown.contains)
    }

    /// The share of captions that are right, each of the picture with the same place in the list.
    public static func rightShare(of captions: [String], showing shown: [Set<Pair>]) -> Double {
        precondition(captions.count == shown.count, "\(captions.count) captions for \(shown.count) pictures")
        guard !captions.isEmpty else { return 0 }
        return Double(zip(captions, shown).count { isRight($0, showing: $1) }) / Double(captions.count)
    }

    /// For each picture the place of the next one, around the list, that shows other pairs. What captions score when
    /// each goes to the picture before is what they owe to the language alone.
    public static func swapped(showing shown: [Set<Pair>]) -> [Int] {
        shown.indices.map { place in
            let others = (1..<max(shown.count, 1)).lazy.map { (place + $0) % shown.count }
            return others.first { shown[$0] != shown[place] } ?? place
        }
    }
}
