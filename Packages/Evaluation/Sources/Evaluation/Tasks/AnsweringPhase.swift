import BLIP2
import Datasets
import Images
import JSON

/// Answers as they are written, batch by batch.
struct AnsweringPhase: EvaluationPhase {
    let name = "answers"
    let unit = "questions"
    let batches: [[Int]]
    private let questions: [Question]
    private let settings: AnsweringSettings
    private let model: ModelSource

    /// How many questions a batch has at most, for each that is answered at once: enough to choose some of one length.
    private static let window = 4

    init(questions: [Question], settings: AnsweringSettings, model: ModelSource) {
        self.questions = questions
        self.settings = settings
        self.model = model
        batches =
            settings.followsReferenceBatches
            ? consecutiveBatches(of: questions.count, size: settings.batchSize)
            : Self.batches(of: questions, size: settings.batchSize)
    }

    /// Batches of whole pictures with all their questions, in the order in which the pictures first come up; as many
    /// pictures as questions are answered at once, and no more than `window` times as many questions.
    private static func batches(of questions: [Question], size: Int) -> [[Int]] {
        var pictures: [PictureFile] = []
        var places: [PictureFile: [Int]] = [:]
        for (place, question) in questions.enumerated() {
            if places[question.picture] == nil { pictures.append(question.picture) }
            places[question.picture, default: []].append(place)
        }
        var (batches, pictureCount): ([[Int]], Int) = ([], 0)
        for own in pictures.compactMap({ places[$0] }) {
            let fits = (batches.last?.count ?? .max) <= window * size - own.count && pictureCount < size
            if fits { batches[batches.count - 1] += own } else { batches.append(own) }
            pictureCount = fits ? pictureCount + 1 : 1
        }
        return batches
    }

    func records(of batch: [Int]) throws -> [JSONTree] {
        var rows: [PictureFile: Int] = [:]
        var images: [Image] = []
        for place in batch where rows[questions[place].picture] == nil {
            rows[questions[place].picture] = images.count
            images.append(try questions[place].picture.decode())
        }
        let text = QuestionText()
        let asked = batch.map { (text: text(questions[$0].text), image: rows[questions[$0].picture] ?? 0) }
        let answers = try QuestionAnswerer(model.visionLanguage()).answers(
            to: asked, about: images,
            batchSize: settings.followsReferenceBatches ? batch.count : settings.batchSize, options: settings.writing)
        return zip(batch, answers).map {
            ["question_id": .integer(questions[$0].id), "answer": .string($1)]
        }
    }
}
