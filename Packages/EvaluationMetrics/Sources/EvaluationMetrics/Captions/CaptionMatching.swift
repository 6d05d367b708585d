import Foundation

/// Which predictions belong to which images or questions, and what is left over.
public struct CaptionMatching: Sendable {
    /// What to do when predictions and references do not cover the same images or questions.
    public enum Policy: String, Sendable, CaseIterable {
        /// Refuse, naming the ids.
        case error
        /// Score the images that have both, with the first of two predictions.
        case skip
    }

    /// What was brought together: the predictions' name against the references'.
    public let files: String
    /// Images without a prediction, in the order of the references.
    public var missing: [ImageID] = []
    /// Predicted ids that are no image of the references.
    public var extra: [ImageID] = []
    /// Ids that were predicted twice or more.
    public var duplicates: [ImageID] = []
    /// Images that have a prediction but no reference caption.
    public var withoutReferences: [ImageID] = []

    /// Whether every image has one prediction and every prediction an image.
    public var isComplete: Bool {
        missing.isEmpty && extra.isEmpty && duplicates.isEmpty && withoutReferences.isEmpty
    }

    /// What is left over in words: counts and the first ten ids of each kind. Empty if nothing is.
    public var summary: String {
        [
            phrase(missing, "without a prediction"),
            phrase(extra, "predicted but not in the references"),
            phrase(duplicates, "predicted more than once"),
            phrase(withoutReferences, "without reference captions"),
        ].compactMap { $0 }.joined(separator: "; ")
    }

    /// What the ids name.
    private var noun = "image"

    private func phrase(_ ids: [ImageID], _ what: String) -> String? {
        guard let first = ids.first else { return nil }
        if ids.count == 1 { return "1 \(noun) \(what): \(first)" }
        let names = ids.prefix(10).map(\.description).joined(separator: ", ")
        return "\(ids.count) \(noun)s \(what): \(names)\(ids.count > 10 ? ", ..." : "")"
    }

    /// The images to score, in the order of the references, each with its prediction.
    private(set) var pairs: [(image: CaptionReferences.Image, caption: String)] = []

    /// The images to score; throws `EvaluationError` if the policy forbids what is left over or no image is left.
    static func checked(
        _ predictions: CaptionPredictions, _ references: CaptionReferences, _ policy: Policy
    ) throws -> CaptionMatching {
        let matching = CaptionMatching(predictions, references)
        guard matching.isComplete || policy == .skip else {
            throw EvaluationError(files: matching.files, problem: matching.summary)
        }
        guard !matching.pairs.isEmpty else {
            throw EvaluationError(files: matching.files, problem: "no image has both a prediction and references")
        }
        return matching
    }

    /// Leaves only some images to score.
    mutating func keep(_ ids: Set<ImageID>) { pairs.removeAll { !ids.contains($0.image.id) } }

    private init(_ predictions: CaptionPredictions, _ references: CaptionReferences) {
        files = "\(predictions.name) against \(references.name)"
        let places = match(predictions.captions.map(\.id), references.images.map(\.id))
        for (known, predicted) in places {
            let image = references.images[known]
            if image.captions.isEmpty {
                withoutReferences.append(image.id)
            } else {
                pairs.append((image, predictions.captions[predicted].caption))
            }
        }
    }

    /// Brings the ids of predictions together with those that are known, for things other than images.
    ///
    /// - Throws: as `checked(_:_:_:)`.
    static func checked(
        _ predicted: [ImageID], _ known: [ImageID], noun: String, files: String, _ policy: Policy
    ) throws -> (CaptionMatching, [(known: Int, predicted: Int)]) {
        var matching = CaptionMatching(noun: noun, files: files)
        let places = matching.match(predicted, known)
        guard matching.isComplete || policy == .skip else {
            throw EvaluationError(files: files, problem: matching.summary)
        }
        guard !places.isEmpty else { throw EvaluationError(files: files, problem: "no \(noun) has a prediction") }
        return (matching, places)
    }

    private init(noun: String, files: String) {
        self.noun = noun
        self.files = files
    }

    /// Notes what is left over and returns the places of what is not, in the order of the known ids.
    private mutating func match(_ predicted: [ImageID], _ known: [ImageID]) -> [(known: Int, predicted: Int)] {
        var places: [ImageID: Int] = [:]
        places.reserveCapacity(predicted.count)
        var repeated: Set<ImageID> = []
        for (place, id) in predicted.enumerated() {
            if places[id] == nil {
                places[id] = place
            } else if repeated.insert(id).inserted {
                duplicates.append(id)
            }
        }
        var pairs: [(known: Int, predicted: Int)] = []
        pairs.reserveCapacity(known.count)
        var isKnown = [Bool](repeating: false, count: predicted.count)
        for (number, id) in known.enumerated() {
            guard let place = places[id] else {
                missing.append(id)
                continue
            }
            isKnown[place] = true
            pairs.append((number, place))
        }
        for (place, id) in predicted.enumerated() where !isKnown[place] && places[id] == place { extra.append(id) }
        return pairs
    }
}

/// Why predictions cannot be scored.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    /// The files concerned.
    public var files: String
    /// One sentence: what is wrong and what would be right.
    public var problem: String

    /// An error about files.
    public init(files: String, problem: String) {
        self.files = files
        self.problem = problem
    }

    /// The whole sentence, as it is shown to a user.
    public var description: String { "\(files): \(problem)" }
    /// The same as `description`.
    public var errorDescription: String? { description }
}
