import ArgumentParser
import EvaluationMetrics
import Foundation
import JSON
import Programs

/// The options of all commands that compare predictions with what people wrote.
struct Comparing: ParsableArguments {
    @Option(help: "Where predictions and references do not cover the same ids: \(CaptionMatching.Policy.list).")
    var missing = CaptionMatching.Policy.error

    @Option(help: ArgumentHelp("Samples of a bootstrap, for 95 % intervals.", valueName: "samples"))
    var bootstrap: Int?

    @Option(help: "Where the random draws come from.")
    var seed: UInt64 = 0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let bootstrap, bootstrap < 1 { throw ValidationError("--bootstrap is \(bootstrap), wanted at least 1") }
    }

    /// The bootstrap that was asked for.
    var resampling: Bootstrap? { bootstrap.map { Bootstrap(sampleCount: $0, seed: seed) } }

    /// Prints a report in the form that was asked for.
    func show(_ tree: JSONTree, _ table: String) { print(json ? JSONWriter().text(tree) : table) }
}

/// The options of caption scores.
struct CaptionScoring: ParsableArguments {
    @Option(help: ArgumentHelp("Families of scores: \(CaptionMetric.list).", valueName: "names"))
    var metrics = "bleu,meteor,rouge,cider"

    @Option(help: "A file of document frequencies for CIDEr, from `evaluate idf`; else they come from the references.")
    var idf: PathArgument?

    @Option(help: "METEOR's data, from `evaluate meteor-data`; else the file that the variable BLIP_METEOR names.")
    var meteor: PathArgument?

    func validate() throws {
        if try families.isEmpty { throw ValidationError("--metrics names none, wanted some of \(CaptionMetric.list)") }
    }

    /// The families of scores that were asked for.
    var families: Set<CaptionMetric> {
        get throws {
            Set(
                try metrics.split(separator: ",").map { name in
                    guard let metric = CaptionMetric(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                        throw ValidationError("--metrics names \(name), wanted some of \(CaptionMetric.list)")
                    }
                    return metric
                })
        }
    }

    /// The files that were named.
    func resources() throws -> CaptionResources {
        let named = ProcessInfo.processInfo.environment["BLIP_METEOR"].flatMap(PathArgument.init(argument:))
        return CaptionResources(
            meteor: try families.contains(.meteor) ? (meteor ?? named).map { try METEORData(contentsOf: $0.url) } : nil,
            frequencies: try idf.map { try DocumentFrequencies(contentsOf: $0.url) })
    }
}

extension CaptionMatching.Policy: ExpressibleByArgument {
    static let list = allCases.map(\.rawValue).joined(separator: " or ")
}

extension CaptionMetric {
    static let list = allCases.map(\.rawValue).joined(separator: ", ")
}
