/// Puts the nouns and verbs of answers into their base forms, as OK-VQA's evaluations do: "dogs" and "riding bikes" become
/// "dog" and "ride bike".
///
/// LAVIS asks spaCy's statistical tagger which words are nouns and verbs, and spaCy's tables for their base forms. These
/// are rules with a table of exceptions, which know no sentence: a word that can be a noun, "painting", is taken as a verb
/// here unless the table has it, and a name that ends in s loses it. Scores differ where that decides an answer.
public struct AnswerLemmatizer: Sendable {
    /// The rules with their table.
    public init() {}

    /// The answer with its words in their base forms, one blank between them.
    public func callAsFunction(_ answer: String) -> String {
        answer.split(whereSeparator: \.isWhitespace).map { lemma(String($0)) }.joined(separator: " ")
    }

    /// The base form of a word; a word with anything but ASCII letters in lower case is left as it is.
    public func lemma(_ word: String) -> String {
        if let known = LemmaExceptions.baseForms[word] { return known }
        let letters = Array(word.utf8)
        guard letters.count > 3, letters.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }),
            !LemmaExceptions.unchanged.contains(word)
        else { return word }
        return verbal(word) ?? singular(word)
    }

    // MARK: Verbs

    /// The verb of a form in -ing or -ed; nil for another word.
    private func verbal(_ word: String) -> String? {
        for ending in ["ing", "ed"] where word.hasSuffix(ending) {
            let stem = String(word.dropLast(ending.count))
            guard Self.vowelGroups(stem) > 0, stem.utf8.count > 1, !(ending == "ed" && stem.hasSuffix("e")) else {
                return word
            }
            if ending == "ed" && stem.hasSuffix("i") { return stem.dropLast() + "y" }
            return Self.infinitive(stem)
        }
        return nil
    }

    private static let vowels = Set("aeiouy")
    /// Stems that end so have lost an e: creat-, danc-, driv-, surpris-.
    private static let lostE = [
        "at", "c", "dg", "rg", "v", "iz", "is", "us", "os", "bl", "tl", "dl", "gl", "pl", "u",
    ]

    /// The verb of a stem: an e that was lost comes back, a consonant that was doubled goes.
    private static func infinitive(_ stem: String) -> String {
        let letters = Array(stem)
        let last = letters[letters.count - 1]
        let before = letters[letters.count - 2]
        if last == before && !vowels.contains(last) {
            // fall, kiss, buzz and stuff end so by themselves.
            return ["l", "s", "z", "f"].contains(last) ? stem : String(stem.dropLast())
        }
        let isShort = vowelGroups(stem) == 1
        if lostE.contains(where: stem.hasSuffix) {
            // eat and float have two vowels there, and had no e.
            let isPair = letters.count > 2 && vowels.contains(letters[letters.count - 3]) && vowels.contains(before)
            return isPair && !stem.hasSuffix("v") && !stem.hasSuffix("s") ? stem : stem + "e"
        }
        // hik-, bak-, rid-: one vowel before one consonant, which would have been doubled had there been no e.
        let isOpen =
            letters.count > 2 && !vowels.contains(last) && vowels.contains(before)
            && !vowels.contains(letters[letters.count - 3]) && !["w", "x", "y"].contains(last)
        return isShort && isOpen ? stem + "e" : stem
    }

    private static func vowelGroups(_ text: String) -> Int {
        var (count, wasVowel) = (0, false)
        for letter in text {
            let isVowel = vowels.contains(letter)
            if isVowel && !wasVowel { count += 1 }
            wasVowel = isVowel
        }
        return count
    }

    // MARK: Nouns, and verbs in -s

    private func singular(_ word: String) -> String {
        guard word.hasSuffix("s"), !["ss", "us", "is"].contains(where: word.hasSuffix) else { return word }
        if word.hasSuffix("ies") { return word.dropLast(3) + (word.utf8.count > 4 ? "y" : "ie") }
        for ending in ["sses", "shes", "ches", "xes", "zzes", "oes"] where word.hasSuffix(ending) {
            return String(word.dropLast(2))
        }
        return String(word.dropLast())
    }
}
