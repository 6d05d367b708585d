import SmallWorld
import Testing

/// Questions have the types of VQAv2, and the labels of the picture give the answers.
struct QuestionTests {
    private static let records: [World.Record] = {
        var options = World.Options()
        options.trainCount = 1500
        options.testCount = 300
        let world = World(options: options)
        return world.records(.train) + world.records(.test)
    }()

    @Test func everyPictureHasQuestionsOfAllThreeTypes() {
        for record in Self.records {
            #expect(record.questions.map(\.type) == [.yesNo, .yesNo, .number, .other, .other])
        }
    }

    @Test func everyAnswerIsTheOneThatTheLabelsGive() {
        var judged: [String: Int] = [:]
        var wrong: [String] = []
        for record in Self.records {
            for question in record.questions {
                let judge = QuestionJudge(record.scene)
                guard let (form, answer) = judge.answer(to: question.text) else {
                    Issue.record("\(question.text) is of a form that the test does not know")
                    continue
                }
                judged[form, default: 0] += 1
                if question.answer != answer { wrong.append("\(record.id): \(question.text) \(question.answer)") }
            }
        }
        #expect(wrong.isEmpty)
        #expect(judged.count == 16 && judged.values.allSatisfy { $0 > 20 }, "\(judged)")
    }

    @Test func yesAndNoAreAboutAsFrequent() {
        let answers = Self.records.flatMap(\.questions).filter { $0.type == .yesNo }.map(\.answer)
        let share = Double(answers.count { $0 == "yes" }) / Double(answers.count)
        #expect((0.4...0.6).contains(share), "\(share)")
        #expect(Set(answers) == ["yes", "no"])
    }

    @Test func numbersAreDigits() {
        let numbers = Self.records.flatMap(\.questions).filter { $0.type == .number }
        #expect(numbers.allSatisfy { Int($0.answer).map { (0...4).contains($0) } == true })
        #expect(Set(numbers.map(\.answer)).count == 5)
    }
}

/// Answers questions from the labels, in its own way.
private struct QuestionJudge {
    private let objects: [SceneObject]

    init(_ scene: Scene) { objects = scene.objects }

    /// The form of a question and its answer; nil for a form that is not known.
    func answer(to question: String) -> (form: String, answer: String)? {
        let words = question.dropLast().split(separator: " ").map(String.init)
        let text = words.joined(separator: " ")
        switch (words[0], words[1]) {
        case ("is", "there") where text == "is there only one shape": return ("one", yesNo(objects.count == 1))
        case ("is", "there"), ("can", "you"): return ("there", yesNo(objects.contains { isNamed($0, words) }))
        case ("are", "there"):
            let number = ["two": 2, "three": 3, "four": 4][words[2]]
            return ("count", yesNo(objects.count == number))
        case ("is", "the"): return whether(words)
        case ("how", "many"):
            return (
                "number of \(words[2] == "shapes" || words[2] == "objects" ? "all" : kind(words))", "\(number(words))"
            )
        case ("what", "color"), ("which", "color"):
            if text == "what color is the background" { return ("background", "gray") }
            return ("colour", only(words).kind.colour.rawValue)
        case ("what", "pattern"): return ("texture", only(words).kind.texture.rawValue)
        case ("what", "size"): return ("size", only(words).size.rawValue)
        case ("what", "shape"), ("what", "is"):
            if let colour = Colour(rawValue: words[words.count - 1]) {
                let forms = Set(objects.filter { $0.kind.colour == colour }.map(\.kind.form.rawValue))
                return ("form", forms.count == 1 ? forms.first ?? "" : "undecided")
            }
            return beside(words)
        default: return nil
        }
    }

    private func yesNo(_ isTrue: Bool) -> String { isTrue ? "yes" : "no" }

    private func isNamed(_ object: SceneObject, _ words: [String]) -> Bool {
        CaptionJudge.pairs(in: words.joined(separator: " ")) == [CaptionJudge.Pair(object.kind)]
    }

    /// The one object of the form that is named.
    private func only(_ words: [String]) -> SceneObject {
        let form = words.lazy.compactMap { Form(word: $0) }.first
        let matching = objects.filter { $0.kind.form == form }
        #expect(matching.count == 1, "\(words.joined(separator: " "))? asks for one of \(matching.count)")
        return matching.first ?? objects[0]
    }

    private func whether(_ words: [String]) -> (form: String, answer: String)? {
        let pairs = CaptionJudge.pairs(in: words.joined(separator: " "))
        if pairs.count == 2 {
            let told = objects.filter { CaptionJudge.Pair($0.kind) == pairs[0] }
            let other = objects.filter { CaptionJudge.Pair($0.kind) == pairs[1] }
            guard told.count == 1, other.count == 1 else { return nil }
            return ("relation", yesNo(holds(words, told[0], other[0])))
        }
        let last = words[words.count - 1]
        if let colour = Colour(rawValue: last) { return ("is colour", yesNo(only(words).kind.colour == colour)) }
        if let texture = Texture(rawValue: last) { return ("is texture", yesNo(only(words).kind.texture == texture)) }
        return nil
    }

    /// Whether the direction that is asked for holds, by the centres alone.
    private func holds(_ words: [String], _ one: SceneObject, _ two: SceneObject) -> Bool {
        if words.contains("left") { return one.x < two.x }
        if words.contains("right") { return one.x > two.x }
        return words.contains("above") || words.contains("over") ? one.y < two.y : one.y > two.y
    }

    private func beside(_ words: [String]) -> (form: String, answer: String)? {
        guard let told = CaptionJudge.pairs(in: words.joined(separator: " ")).first else { return nil }
        guard let two = objects.first(where: { CaptionJudge.Pair($0.kind) == told }) else { return nil }
        let fitting = objects.filter { $0 != two && holds(words, $0, two) }
        return ("beside", fitting.count == 1 ? fitting[0].kind.form.rawValue : "undecided")
    }

    private func kind(_ words: [String]) -> String {
        (Colour(rawValue: words[2]) == nil ? "form" : "colour") + (Form(word: words[3]) == nil ? "" : " and form")
    }

    private func number(_ words: [String]) -> Int {
        let colour = words.lazy.compactMap { Colour(rawValue: $0) }.first
        let form = words.lazy.compactMap { Form(word: $0) }.first
        return objects.count { object in
            (colour.map { $0 == object.kind.colour } ?? true) && (form.map { $0 == object.kind.form } ?? true)
        }
    }
}
