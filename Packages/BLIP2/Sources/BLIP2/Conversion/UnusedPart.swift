import Foundation

extension Conversion {
    /// What can be given beside a checkpoint, by the name of its option.
    public enum Part: String, CaseIterable, Sendable {
        case vision, language, tokenizer, sizes, convention, prompt
    }

    /// Something was given beside a checkpoint that has its own, or no place for it.
    public struct UnusedPart: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
        /// What was given.
        public let part: Part
        /// The checkpoint.
        public let file: String
        /// What it is.
        public let kind: CheckpointKind

        /// The file, what it is, and what it takes.
        public var description: String {
            let taken = kind.parts.map(\.rawValue).joined(separator: ", ")
            return "\(file): is \(kind.description); it takes \(taken) from elsewhere, and no \(part.rawValue)"
        }

        /// The same as `description`.
        public var errorDescription: String? { description }
    }
}

extension Conversion.Options {
    /// Throws `UnusedPart` for the first thing given that a checkpoint of a kind does not take.
    func check(_ kind: CheckpointKind, in file: URL) throws {
        let given: [(part: Conversion.Part, isGiven: Bool)] = [
            (.vision, vision != nil), (.language, language != nil), (.tokenizer, tokenizer != nil),
            (.sizes, sizes != nil), (.convention, convention != nil), (.prompt, prompt != nil),
        ]
        if let unused = given.first(where: { $0.isGiven && !kind.parts.contains($0.part) }) {
            throw Conversion.UnusedPart(part: unused.part, file: file.path, kind: kind)
        }
    }
}

extension CheckpointKind {
    /// What a conversion takes from elsewhere, for a checkpoint that lacks it or in place of its own.
    fileprivate var parts: [Conversion.Part] {
        switch self {
        case .lavisCaptioner: [.vision, .language, .tokenizer, .sizes, .convention, .prompt]
        case .lavisRepresentation: [.vision, .tokenizer, .sizes]
        case .prompts: [.tokenizer, .sizes]
        case .vision: [.sizes]
        case .huggingFaceCaptioner: [.tokenizer, .convention, .prompt]
        case .huggingFaceMatcher, .opt, .t5, .bert: [.tokenizer]
        }
    }
}
