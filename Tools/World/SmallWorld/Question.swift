/// A question about a scene, its answer, and the answer type of VQAv2 it belongs to.
public struct Question: Hashable, Sendable {
    /// The three answer types of VQAv2, by their names there.
    public enum AnswerType: String, Hashable, Sendable, CaseIterable {
        case yesNo = "yes/no"
        case number
        case other
    }

    /// The question, lower-case, with its mark.
    public var text: String
    /// What most people would answer.
    public var answer: String
    /// What some would answer instead.
    public var alternative: String?
    /// Which kind of answer it asks for.
    public var type: AnswerType
}

/// Asks questions that the labels of a scene decide.
struct QuestionWriter {
    let scene: Scene

    private var objects: [SceneObject] { scene.objects }

    /// A question of the given type.
    func question(_ type: Question.AnswerType, _ dice: inout Dice) -> Question {
        while true {
            let question =
                switch type {
                case .yesNo: yesNo(&dice)
                case .number: number(&dice)
                case .other: other(&dice)
                }
            if let question { return question }
        }
    }

    // MARK: Yes or no

    private func yesNo(_ dice: inout Dice) -> Question? {
        let truth = dice.chance(0.5)
        let object = dice.pick(objects)
        let text: String
        switch dice.below(6) {
        case 0, 1:
            guard let (colour, form) = pair(truth, &dice) else { return nil }
            let noun = CaptionWriter.withArticle("\(colour.rawValue) \(form.rawValue)")
            text = dice.chance(0.5) ? "is there \(noun)?" : "can you see \(noun)?"
        case 2:
            guard let form = onlyForm(of: object) else { return nil }
            let colour = truth ? object.kind.colour : dice.pick(Colour.allCases.filter { $0 != object.kind.colour })
            text = "is the \(form.rawValue) \(colour.rawValue)?"
        case 3:
            guard let form = onlyForm(of: object) else { return nil }
            let texture = truth ? object.kind.texture : dice.pick(Texture.allCases.filter { $0 != object.kind.texture })
            text = "is the \(form.rawValue) \(texture.rawValue)?"
        case 4:
            let count = truth ? objects.count : dice.pick((1...4).filter { $0 != objects.count })
            text = count == 1 ? "is there only one shape?" : "are there \(numberWord(count)) shapes?"
        default:
            guard let (one, two, relation) = related(&dice) else { return nil }
            let told = truth ? (one, two) : (two, one)
            text = "is the \(told.0.name) \(dice.pick(relation.phrases)) the \(told.1.name)?"
        }
        return Question(text: text, answer: truth ? "yes" : "no", type: .yesNo)
    }

    /// A colour and form that the scene has, or has not. The latter share one of the two with an object mostly.
    private func pair(_ isThere: Bool, _ dice: inout Dice) -> (Colour, Form)? {
        let kind = dice.pick(objects).kind
        if isThere { return (kind.colour, kind.form) }
        let keepsColour = dice.chance(0.5)
        let colour = keepsColour ? kind.colour : dice.pick(Colour.allCases)
        let form = keepsColour ? dice.pick(Form.allCases) : kind.form
        return objects.contains { $0.kind.colour == colour && $0.kind.form == form } ? nil : (colour, form)
    }

    /// Two objects of different names and a direction in which the first lies to the second.
    private func related(_ dice: inout Dice) -> (SceneObject, SceneObject, Relation)? {
        let (one, two) = (dice.pick(objects), dice.pick(objects))
        guard isUnique(one), isUnique(two), one != two else { return nil }
        let relations = Relation.holding(between: one, and: two).filter { $0 != .near && $0 != .far }
        return relations.isEmpty ? nil : (one, two, dice.pick(relations))
    }

    // MARK: Number

    private func number(_ dice: inout Dice) -> Question? {
        let object = dice.pick(objects)
        let text: String
        let count: Int
        switch dice.below(4) {
        case 0:
            text = dice.chance(0.5) ? "how many shapes are there?" : "how many objects are in the picture?"
            count = objects.count
        case 1:
            let form = dice.chance(0.8) ? object.kind.form : dice.pick(Form.allCases)
            text = "how many \(form.plural) are there?"
            count = objects.count { $0.kind.form == form }
        case 2:
            let colour = dice.chance(0.8) ? object.kind.colour : dice.pick(Colour.allCases)
            text = "how many \(colour.rawValue) shapes are there?"
            count = objects.count { $0.kind.colour == colour }
        default:
            text = "how many \(object.kind.colour.rawValue) \(object.kind.form.plural) can be seen?"
            count = objects.count { $0.kind.colour == object.kind.colour && $0.kind.form == object.kind.form }
        }
        return Question(text: text, answer: String(count), alternative: numberWord(count), type: .number)
    }

    // MARK: Anything else

    private func other(_ dice: inout Dice) -> Question? {
        let object = dice.pick(objects)
        switch dice.below(6) {
        case 0, 1:
            guard let form = onlyForm(of: object) else { return nil }
            let text = dice.pick(["what color is the \(form.rawValue)?", "which color does the \(form.rawValue) have?"])
            return Question(text: text, answer: object.kind.colour.rawValue, type: .other)
        case 2:
            guard objects.allSatisfy({ $0.kind.colour != object.kind.colour || $0.kind.form == object.kind.form })
            else { return nil }
            let text = dice.pick([
                "what shape is \(object.kind.colour.rawValue)?", "what is \(object.kind.colour.rawValue)?",
            ])
            return Question(
                text: text, answer: object.kind.form.rawValue,
                alternative: CaptionWriter.withArticle(object.kind.form.rawValue), type: .other)
        case 3:
            guard let form = onlyForm(of: object) else { return nil }
            return Question(
                text: "what pattern does the \(form.rawValue) have?", answer: object.kind.texture.rawValue,
                alternative: object.kind.texture.words.last, type: .other)
        case 4:
            guard let form = onlyForm(of: object), object.size != .medium else { return nil }
            return Question(
                text: "what size is the \(form.rawValue)?", answer: object.size.rawValue,
                alternative: object.size.words[2], type: .other)
        default:
            guard objects.count == 2, let (one, two, relation) = related(&dice) else { return background(&dice) }
            return Question(
                text: "what is \(dice.pick(relation.phrases)) the \(two.name)?", answer: one.kind.form.rawValue,
                alternative: one.name, type: .other)
        }
    }

    /// What can be asked of every scene, also where forms and colours repeat so that no object stands out.
    private func background(_ dice: inout Dice) -> Question? {
        guard dice.chance(0.15) else { return nil }
        return Question(text: "what color is the background?", answer: "gray", alternative: "grey", type: .other)
    }

    /// The object's form, if all objects of that form are of its kind and size.
    private func onlyForm(of object: SceneObject) -> Form? {
        guard scene.groupCount == 1 || object.kind != objects[0].kind else { return nil }
        return objects.count { $0.kind.form == object.kind.form } == 1 ? object.kind.form : nil
    }

    private func isUnique(_ object: SceneObject) -> Bool { objects.count { $0.name == object.name } == 1 }
}

extension SceneObject {
    /// Colour and form.
    var name: String { "\(kind.colour.rawValue) \(kind.form.rawValue)" }
}
