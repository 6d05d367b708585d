import Foundation

/// Which predictions belong to which images, and what is left over.
public struct CaptionMatching: Sendable {
    /// What to do when predictions and references do not cover the same images.
    public enum Policy: String, Sendable, CaseIterable {
        /// Refuse, naming the ids.
        case error
        /// Score the images that have both, with the first of two predictions.
        case skip
    }

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
            CaptionMatching.phrase(missing, "without a prediction"),
            CaptionMatching.phrase(extra, "predicted but not in the references"),
            CaptionMatching.phrase(duplicates, "predicted more than once"),
            CaptionMatching.phrase(withoutReferences, "without reference captions"),
        ].compactMap { $0 }.joined(separator: "; ")
    }

    private static func phrase(_ ids: [ImageID], _ what: String) -> String? {
        guard let first = ids.first else { return nil }
        if ids.count == 1 { return "1 image \(what): \(first)" }
        let names = ids.prefix(10).map(\.description).joined(separator: ", ")
        return "\(ids.count) images \(what): \(names)\(ids.count > 10 ? ", ..." : "")"
    }

    /// The images to score, in the order of the references, each with its prediction.
    private(set) var pairs: [(image: CaptionReferences.Image, caption: String)] = []

    /// The images to score; throws `EvaluationError` if the policy forbids what is left over or no image is left.
    static func checked(
        _ predictions: CaptionPredictions, _ references: CaptionReferences, _ policy: Policy
    ) throws -> CaptionMatching {
        let matching = CaptionMatching(predictions, references)
        let files = "\(predictions.name) against \(references.name)"
        guard matching.isComplete || policy == .skip else {
            throw EvaluationError(files: files, problem: matching.summary)
        }
        guard !matching.pairs.isEmpty else {
            throw EvaluationError(files: files, problem: "no image has both a prediction and references")
        }
        return matching
    }

    /// Leaves only some images to score.
    mutating func keep(_ ids: Set<ImageID>) { pairs.removeAll { !ids.contains($0.image.id) } }

    private init(_ predictions: CaptionPredictions, _ references: CaptionReferences) {
        var captions: [ImageID: String] = [:]
        var repeated: Set<ImageID> = []
        let known = Set(references.images.map(\.id))
        for (id, caption) in predictions.captions {
            if captions[id] == nil {
                captions[id] = caption
                if !known.contains(id) { extra.append(id) }
            } else if repeated.insert(id).inserted {
                duplicates.append(id)
            }
        }
        for image in references.images {
            guard let caption = captions[image.id] else {
                missing.append(image.id)
                continue
            }
            if image.captions.isEmpty { withoutReferences.append(image.id) } else { pairs.append((image, caption)) }
        }
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
