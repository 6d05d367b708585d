/// Sentences about scenes that have no picture, for what reads and writes text alone: two in three are captions, one in
/// three is a question with its short answer, in the words of the prompt that BLIP-2 asks with.
struct SentenceWriter {
    private let captions = CaptionWriter(sizeShare: 0.3, textureShare: 0.4)
    /// Contexts of questions are terse, so that context and question together are no longer than a long caption.
    private let contexts = CaptionWriter(sizeShare: 0.15, textureShare: 0.25)
    private let maximumTokens = 22

    /// The sentence with the given number.
    func sentence(_ number: Int, _ dice: inout Dice) -> String {
        let scene = Scene.random(of: Kind.all, &dice)
        return number % 3 == 2 ? asked(&dice) : captions.caption(of: scene, &dice)
    }

    /// A caption followed by a question about it, or the scene told inside the question.
    private func asked(_ dice: inout Dice) -> String {
        while true {
            let scene = Scene.random(of: Kind.all, &dice)
            let type = Question.AnswerType.allCases[dice.share([0.3, 0.25, 0.45])]
            let question = QuestionWriter(scene: scene).question(type, &dice)
            let context = contexts.caption(of: scene, &dice)
            guard Self.tells(context, enoughFor: question, of: scene) else { continue }
            let text =
                dice.chance(0.75)
                ? "\(context) Question: \(question.text) Short answer: \(question.answer)"
                : "Question: with \(context), \(question.text) Short answer: \(question.answer)"
            if tokenCount(text) <= maximumTokens { return text }
        }
    }

    /// Whether the answer follows from the caption: all objects are named, and the answer's own word is there, or it is
    /// a yes, a no or a number.
    private static func tells(_ caption: String, enoughFor question: Question, of scene: Scene) -> Bool {
        let named = Set(CaptionJudge.pairs(in: caption))
        guard scene.objects.allSatisfy({ named.contains(CaptionJudge.Pair($0.kind)) }) else { return false }
        let words = Set(caption.split { !$0.isLetter }.map(String.init))
        if question.type == .other { return words.contains(question.answer) }
        let asked = question.text.split { !$0.isLetter }.map(String.init)
        // A surface is only known where the caption tells it, a direction only where the caption uses the same words.
        let textures = Set(Texture.allCases.map(\.rawValue))
        if asked.contains(where: textures.contains) {
            return asked.filter(textures.contains).allSatisfy(words.contains)
        }
        let directions: Set = ["left", "right", "above", "over", "below", "under", "beneath"]
        return asked.filter(directions.contains).allSatisfy(words.contains)
    }
}
