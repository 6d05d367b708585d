import Foundation
import JSON

/// Scores captions of NoCaps for each of its domains and as a whole, each as a set of its own.
///
/// Agrawal et al., "nocaps: novel object captioning at scale", ICCV 2019.
public struct NoCapsEvaluation: Sendable {
    /// NoCaps's domains in the order of its tables.
    public static let domains = ["in-domain", "near-domain", "out-domain"]

    /// The scores of each domain, and last those of all images under `overall`.
    public let domains: [(name: String, evaluation: CaptionEvaluation)]

    /// Scores predictions. The references must tell each image's domain.
    ///
    /// - Throws: `EvaluationError` as `CaptionEvaluation`, and if an image's domain is missing or unknown.
    public init(
        predictions: CaptionPredictions, references: CaptionReferences,
        metrics: Set<CaptionMetric> = [.bleu, .rouge, .cider], missing: CaptionMatching.Policy = .error,
        bootstrap: Bootstrap? = nil, resources: CaptionResources = CaptionResources()
    ) throws {
        if let image = references.images.first(where: { !NoCapsEvaluation.domains.contains($0.domain ?? "") }) {
            throw EvaluationError(
                files: references.name,
                problem: "image \(image.id) has "
                    + (image.domain.map { "the domain \"\($0)\"" } ?? "no domain")
                    + ", wanted one of \(NoCapsEvaluation.domains.joined(separator: ", "))")
        }
        let overall = try CaptionEvaluation(
            predictions: predictions, references: references, metrics: metrics, missing: missing, bootstrap: bootstrap,
            resources: resources)
        let parts = try NoCapsEvaluation.domains.compactMap { domain -> (String, CaptionEvaluation)? in
            let images = references.images.filter { $0.domain == domain }
            let ids = Set(images.map(\.id))
            guard overall.images.contains(where: { ids.contains($0.id) }) else { return nil }
            let evaluation = try CaptionEvaluation(
                predictions: CaptionPredictions(
                    predictions.captions.filter { ids.contains($0.id) }, name: predictions.name),
                references: CaptionReferences(images, name: references.name), metrics: metrics, missing: missing,
                bootstrap: bootstrap, resources: resources)
            return (domain, evaluation)
        }
        domains = parts.map { (name: $0.0, evaluation: $0.1) } + [("overall", overall)]
    }

    /// The reports as JSON, by domain.
    public var tree: JSONTree { .object(domains.map { ($0.name, $0.evaluation.report.tree) }) }

    /// The reports as tables for people.
    public var table: String {
        domains.map { "\($0.name): \($0.evaluation.report.table)" }.joined(separator: "\n\n")
    }
}
