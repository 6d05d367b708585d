/// Writes captions of scenes. Every object named is named by colour and form, in that order and without a word between,
/// so that a caption can be checked against the labels.
struct CaptionWriter {
    /// Longer captions are written anew, in words and punctuation marks.
    static let maximumTokens = 20

    /// The share of objects whose size is told, and whose texture.
    let sizeShare: Double
    let textureShare: Double

    /// A caption of the scene.
    func caption(of scene: Scene, _ dice: inout Dice) -> String {
        var detail = 1.0
        while true {
            let text = attempt(scene, detail, &dice)
            if let text, tokenCount(text) <= Self.maximumTokens { return text }
            detail *= 0.9
        }
    }

    /// One try; nil if the pattern asks for a relation or a place that is not clear in this scene.
    private func attempt(_ scene: Scene, _ detail: Double, _ dice: inout Dice) -> String? {
        let (pattern, objects) = pattern(for: scene, &dice)
        let slots = Slots(scene: scene, objects: objects, writer: self, detail: detail)
        return slots.filled(pattern, &dice)
    }

    /// A pattern and the objects for `{a}`, `{b}` and `{c}`.
    private func pattern(for scene: Scene, _ dice: inout Dice) -> (String, [SceneObject]) {
        let objects = scene.objects
        let grouped = scene.groupCount
        if objects.count == 1 { return (dice.pick(Patterns.single), objects) }
        if grouped == objects.count { return (dice.pick(Patterns.group), objects) }
        if grouped > 1 { return (dice.pick(Patterns.groupAndOther), [objects[0], objects[grouped]]) }
        var shuffled = objects
        for index in shuffled.indices.dropLast() {
            shuffled.swapAt(index, index + dice.below(shuffled.count - index))
        }
        if objects.count == 2 {
            return (dice.pick(dice.chance(0.12) ? Patterns.exactPair : Patterns.pair), shuffled)
        }
        return (dice.pick(dice.chance(0.7) ? Patterns.several : Patterns.pair), shuffled)
    }

    /// `small striped red circle`: size and texture now and then, colour and form always.
    func noun(_ object: SceneObject, plural: Bool = false, detail: Double, _ dice: inout Dice) -> String {
        var words: [String] = []
        let sizeShare = object.size == .medium ? self.sizeShare * 0.4 : self.sizeShare
        if dice.chance(sizeShare * detail) { words.append(dice.pick(object.size.words)) }
        let textureShare = object.kind.texture == .plain ? self.textureShare * 0.25 : self.textureShare
        if dice.chance(textureShare * detail) { words.append(dice.pick(object.kind.texture.words)) }
        words.append(object.kind.colour.rawValue)
        words.append(plural ? object.kind.form.plural : object.kind.form.rawValue)
        return words.joined(separator: " ")
    }

    /// The noun with `a` or `an`.
    static func withArticle(_ noun: String) -> String {
        let vowels = "aeiou".unicodeScalars
        return (noun.unicodeScalars.first.map(vowels.contains) == true ? "an " : "a ") + noun
    }
}

/// Words and punctuation marks, which is what both tokenizers cut captions into.
func tokenCount(_ text: String) -> Int {
    let marks = ",.?:".unicodeScalars
    return text.split(separator: " ").count + text.unicodeScalars.count(where: marks.contains)
}

/// The words for numbers of objects.
func numberWord(_ count: Int) -> String {
    let words = ["zero", "one", "two", "three", "four"]
    return words.indices.contains(count) ? words[count] : String(count)
}

/// One filling of a pattern.
private struct Slots {
    let scene: Scene
    let objects: [SceneObject]
    let writer: CaptionWriter
    let detail: Double

    func filled(_ pattern: String, _ dice: inout Dice) -> String? {
        var text = ""
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            guard let words = words(for: rest[rest.index(after: open)..<close], &dice) else { return nil }
            text += words
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func words(for slot: Substring, _ dice: inout Dice) -> String? {
        switch slot {
        case "a": article(0, &dice)
        case "b": article(1, &dice)
        case "c": article(2, &dice)
        case "A": writer.noun(objects[0], detail: detail, &dice)
        case "B": writer.noun(objects[1], detail: detail, &dice)
        case "r": oneOf(Relation.holding(between: objects[0], and: objects[1]), &dice).map { dice.pick($0.phrases) }
        case "p": oneOf(objects[0].placePhrases, &dice)
        case "q": oneOf(objects[1].placePhrases, &dice)
        case "n": numberWord(scene.objects.count)
        case "m": numberWord(scene.objects.count - 2)
        case "k": numberWord(scene.groupCount)
        case "g": writer.noun(objects[0], plural: true, detail: detail, &dice)
        default: nil
        }
    }

    private func article(_ index: Int, _ dice: inout Dice) -> String {
        CaptionWriter.withArticle(writer.noun(objects[index], detail: detail, &dice))
    }

    private func oneOf<Element>(_ elements: [Element], _ dice: inout Dice) -> Element? {
        elements.isEmpty ? nil : dice.pick(elements)
    }
}
