import Foundation
import SmallWorld

/// What is left of a caption when everything that a picture decides is taken out of it.
enum SentenceSkeleton {
    private static let places = [
        "in the middle", "in the center", "at the center of the picture", "at the top", "near the upper edge",
        "in the upper half", "at the bottom", "near the lower edge", "in the lower half", "on the left",
        "on the left side", "near the left edge", "on the right", "on the right side", "near the right edge",
        "in the upper left corner", "at the top left", "in the upper right corner", "at the top right",
        "in the lower left corner", "at the bottom left", "in the lower right corner", "at the bottom right",
    ]
    private static let phrases =
        (places.map { ($0, "PLACE") } + Relation.allCases.flatMap(\.phrases).map { ($0, "RELATION") })
        .sorted { $0.0.count > $1.0.count }
    private static let adjectives = Set(Size.allCases.flatMap(\.words) + Texture.allCases.flatMap(\.words))
    private static let numbers: Set = ["two", "three", "four"]

    static func of(_ caption: String) -> String {
        var text = " \(caption) "
        for (phrase, name) in phrases { text = text.replacingOccurrences(of: " \(phrase) ", with: " \(name) ") }
        let words = text.split(separator: " ").map(String.init).filter { !adjectives.contains($0) }
        return words.compactMap { word in
            let bare = word.trimmingCharacters(in: .punctuationCharacters)
            if Colour(rawValue: bare) != nil { return nil }
            if bare == "an" { return "a" }
            if numbers.contains(bare) { return "NUMBER" }
            return Form(word: bare) == nil ? word : "FORM"
        }.joined(separator: " ")
    }
}
