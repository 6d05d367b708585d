import EvaluationMetrics
import Testing

/// Base forms as spaCy gives them for the words of answers.
struct LemmatizerTests {
    private static let verbs = [
        "running": "run", "surfing": "surf", "riding": "ride", "skiing": "ski", "skateboarding": "skateboard",
        "eating": "eat", "sleeping": "sleep", "cooking": "cook", "cutting": "cut", "swimming": "swim", "baking": "bake",
        "driving": "drive", "dancing": "dance", "hiking": "hike", "skating": "skate", "flying": "fly",
        "playing": "play",
        "walking": "walk", "sitting": "sit", "standing": "stand", "drinking": "drink", "writing": "write",
        "fishing": "fish", "painted": "paint", "baked": "bake", "fried": "fry", "grilled": "grill", "parked": "park",
        "decorated": "decorate", "used": "use", "jumping": "jump", "smiling": "smile", "waiting": "wait",
        "snowboarding": "snowboard", "grazing": "graze", "hitting": "hit", "brushing": "brush", "falling": "fall",
        "kissing": "kiss", "hanging": "hang", "bringing": "bring", "went": "go", "broken": "break", "reading": "read",
        "kiteboarding": "kiteboard", "sailing": "sail", "racing": "race", "trying": "try", "tied": "tie",
    ]
    private static let nouns = [
        "dogs": "dog", "buses": "bus", "boxes": "box", "dishes": "dish", "berries": "berry", "tomatoes": "tomato",
        "men": "man", "women": "woman", "children": "child", "people": "people", "leaves": "leaf", "knives": "knife",
        "glasses": "glass", "horses": "horse", "houses": "house", "vases": "vase", "shoes": "shoe", "cookies": "cookie",
        "sheep": "sheep", "teeth": "tooth", "churches": "church", "bushes": "bush", "pies": "pie", "skis": "ski",
    ]
    private static let others = [
        "red", "bus", "grass", "yes", "tennis", "king", "wedding", "morning", "1960", "is", "this", "iPhones", "as",
        "ceiling", "something", "canvas", "christmas", "cactus", "left", "bed", "seed", "spring", "string",
    ]

    @Test func wordsGetTheirBaseForms() {
        let lemmatizer = AnswerLemmatizer()
        for (word, expected) in Self.verbs.merging(Self.nouns, uniquingKeysWith: { $1 }) {
            #expect(lemmatizer.lemma(word) == expected, "\(word)")
        }
        for word in Self.others { #expect(lemmatizer.lemma(word) == word) }
    }

    @Test func answersKeepTheirOtherWords() {
        let lemmatizer = AnswerLemmatizer()
        #expect(lemmatizer("  two dogs\triding  red bikes ") == "two dog ride red bike")
        #expect(lemmatizer("") == "")
        #expect(lemmatizer("don't, José's") == "don't, José's")
    }
}
