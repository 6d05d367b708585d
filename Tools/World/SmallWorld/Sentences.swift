/// Sentences about scenes that have no picture, for what reads and writes text alone: two in three are captions, one in
/// three is a question with its short answer, in the words of the prompt that BLIP-2 asks with.
///
/// Six in a row are about one scene, as the sentences of a text are about one matter. A language model learns from that
/// to say again what stands in front of it; where sentences have nothing to do with each other it learns to look at
/// nothing but the sentence it is in, and then no prompt can tell it anything.
struct SentenceWriter {
    /// How many sentences in a row are about one scene.
    static let sentencesPerScene = 6

    private let captions = CaptionWriter(sizeShare: 0.3, textureShare: 0.4)
    /// Contexts of questions are terse, so that context and question together are no longer than a long caption.
    private let contexts = CaptionWriter(sizeShare: 0.15, textureShare: 0.25)
    private let maximumTokens = 22

    /// The sentences about a random scene.
    func sentences(_ dice: inout Dice) -> [String] {
        let scene = Scene.random(of: Kind.all, &dice)
        return (0..<Self.sentencesPerScene).map { number in
            number % 3 == 2 ? asked(about: scene, &dice) : captions.caption(of: scene, &dice)
        }
    }

    /// A question about the scene, which the sentences beside it tell of, or that tells the scene itself where one sentence
    /// has room for both. No caption goes on to a question: a language model that had seen that would end its own captions so.
    private func asked(about scene: Scene, _ dice: inout Dice) -> String {
        let question = question(about: scene, &dice)
        let ending = "\(question.text) Short answer: \(question.answer)"
        let context = contexts.caption(of: scene, &dice)
        let whole = "Question: with \(context), \(ending)"
        let isWhole = Self.tells(context, enoughFor: question, of: scene) && tokenCount(whole) <= maximumTokens
        return isWhole && dice.chance(0.5) ? whole : "Question: \(ending)"
    }

    private func question(about scene: Scene, _ dice: inout Dice) -> Question {
        let type = Question.AnswerType.allCases[dice.share([0.3, 0.25, 0.45])]
        return QuestionWriter(scene: scene).question(type, &dice)
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
