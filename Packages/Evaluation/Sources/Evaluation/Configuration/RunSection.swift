import Configuration
import EvaluationMetrics
import Foundation

/// The section `run`: what is to be done, and how it is scored.
public struct RunSection: Configurable, Sendable {
    /// The settings of a task.
    enum Settings: Sendable {
        case captioning(CaptioningSettings)
        case vqa(AnsweringSettings)
        case gqa(AnsweringSettings)
        case retrieval(RetrievalSettings)
    }

    private enum Task: String, CaseIterable, ConfigurationValue { case captioning, vqa, gqa, retrieval }

    let settings: Settings
    /// The splits that are evaluated.
    public let splits: [String]
    /// The bootstrap for 95 % intervals; nil for none, and for retrieval.
    public let bootstrap: Bootstrap?
    private let splitsError: @Sendable (_ problem: String) -> ConfigurationError

    /// Reads `task`, `splits`, `bootstrap`, `seed`, and what the task has of its own.
    public init(from section: ConfigurationSection) throws {
        splits = try section.required("splits")
        let place = section.error("splits", "")
        splitsError = { ConfigurationError(place: place.place, path: place.path, problem: $0) }
        if splits.isEmpty { throw section.error("splits", "is empty, wanted at least one") }
        if Set(splits).count < splits.count { throw section.error("splits", "names a split twice") }
        let task = try section.required("task", as: Task.self)
        bootstrap = task == .retrieval ? nil : try Self.bootstrap(section)
        switch task {
        case .captioning: settings = .captioning(try CaptioningSettings(section))
        case .vqa: settings = .vqa(try AnsweringSettings(section))
        case .gqa: settings = .gqa(try AnsweringSettings(section))
        case .retrieval: settings = .retrieval(try RetrievalSettings(section))
        }
    }

    private static func bootstrap(_ section: ConfigurationSection) throws -> Bootstrap? {
        let sampleCount = try section.optional("bootstrap", as: Int.self)
        let seed = try section.value("seed", default: 42)
        if let sampleCount, sampleCount < 1 {
            throw section.error("bootstrap", "is \(sampleCount), wanted at least 1")
        }
        if seed < 0 { throw section.error("seed", "is \(seed), wanted at least 0") }
        return sampleCount.map { Bootstrap(sampleCount: $0, seed: UInt64(seed)) }
    }

    /// Throws `ConfigurationError` if a split is wanted that the data set has not.
    func check(splits known: [String]) throws {
        guard let unknown = splits.first(where: { !known.contains($0) }) else { return }
        throw splitsError("there is no split \(unknown); the data set has \(known.joined(separator: ", "))")
    }
}
